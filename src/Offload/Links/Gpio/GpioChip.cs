using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Gpio;

/// <summary>What lines are requested for.</summary>
public enum GpioDirection
{
    /// <summary>They are read.</summary>
    Input = 0,

    /// <summary>They are driven.</summary>
    Output = 1,
}

/// <summary>Which edges of an input are told of.</summary>
[Flags]
public enum GpioEdges
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>From low to high.</summary>
    Rising = 1,

    /// <summary>From high to low.</summary>
    Falling = 2,

    /// <summary>Either.</summary>
    Both = 3,
}

/// <summary>A controller of GPIO lines, <c>/dev/gpiochipN</c> (kernel: include/uapi/linux/gpio.h, the second version; Linux 5.10 and later).</summary>
public sealed unsafe class GpioChip : IDisposable
{
    /// <summary>Lines that are requested together at most.</summary>
    public const int MaxLines = 64;

    private const nuint GetChipInfo = 0x8044B401;
    private const nuint GetLine = 0xC250B407;
    private const int NameBytes = 32;
    private const ulong FlagInput = 1 << 2;
    private const ulong FlagOutput = 1 << 3;
    private const ulong FlagRising = 1 << 4;
    private const ulong FlagFalling = 1 << 5;
    private const uint OutputValues = 2;

    private readonly SafeFileHandle _file;

    private GpioChip(SafeFileHandle file, string path, ChipInfo info)
    {
        _file = file;
        Path = path;
        Label = Marshal.PtrToStringUTF8((nint)info.Label) ?? "";
        Lines = (int)info.Lines;
    }

    /// <summary>Path of its device file.</summary>
    public string Path { get; }

    /// <summary>What its driver calls it, for example <c>CP2112 GPIO</c>.</summary>
    public string Label { get; }

    /// <summary>Lines that it has, numbered from 0.</summary>
    public int Lines { get; }

    /// <summary>Paths of all controllers of this machine.</summary>
    public static IReadOnlyList<string> Find() => [.. Directory.EnumerateFiles("/dev", "gpiochip*").Order(StringComparer.Ordinal)];

    /// <summary>Opens a controller.</summary>
    /// <param name="path">Path of its device file.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>; <see cref="OffloadError.BoardGone"/>: there is none;
    /// <see cref="OffloadError.Unsupported"/>: the file is something else.</exception>
    public static GpioChip Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle file = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec);
        if (file.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            throw error is Libc.ErrorAccess or Libc.ErrorNotPermitted
                ? new OffloadException(OffloadError.PermissionDenied, $"{path} may not be opened: run as root, or join the group that owns it (`ls -l {path}`).")
                : new BoardGoneException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}; `ls /dev/gpiochip*` shows the controllers that there are.");
        }

        ChipInfo info;
        if (Libc.Control(file, GetChipInfo, &info) != 0)
        {
            string text = Libc.LastErrorText;
            file.Dispose();
            throw new OffloadException(OffloadError.Unsupported, $"{path} is no GPIO controller: {text}; `ls /dev/gpiochip*` shows those that there are.");
        }

        return new GpioChip(file, path, info);
    }

    /// <summary>Takes lines for this process; nobody else can until they are disposed.</summary>
    /// <param name="direction">What for.</param>
    /// <param name="offsets">Their numbers, 1 to <see cref="MaxLines"/> of them.</param>
    /// <param name="initial">Levels that outputs have from the start: bit i is that of the i-th line.</param>
    /// <param name="edges">Of inputs: what <see cref="GpioLines.WaitForEdgeAsync"/> tells of.</param>
    /// <exception cref="ArgumentException">There is no such line, or outputs are to tell of edges.</exception>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardBusy"/>: another process has one of them; <see cref="OffloadError.BoardGone"/>;
    /// <see cref="OffloadError.Unsupported"/>: the controller does not tell of edges, or cannot do this direction.</exception>
    public GpioLines Request(GpioDirection direction, ReadOnlySpan<int> offsets, ulong initial = 0, GpioEdges edges = GpioEdges.None)
    {
        if (offsets.IsEmpty || offsets.Length > MaxLines)
        {
            throw new ArgumentException($"1 to {MaxLines} lines are requested together", nameof(offsets));
        }

        if (direction == GpioDirection.Output && edges != GpioEdges.None)
        {
            throw new ArgumentException("only inputs tell of edges", nameof(edges));
        }

        LineRequest request = default;
        for (int i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] < 0 || offsets[i] >= Lines)
            {
                throw new ArgumentException($"{Path} has lines 0 to {Lines - 1}, and no {offsets[i]}", nameof(offsets));
            }

            request.Offsets[i] = (uint)offsets[i];
        }

        _ = Encoding.ASCII.GetBytes("offload", new Span<byte>(request.Consumer, NameBytes));
        request.LineCount = (uint)offsets.Length;
        request.Flags = (direction == GpioDirection.Output ? FlagOutput : FlagInput)
            | (edges.HasFlag(GpioEdges.Rising) ? FlagRising : 0) | (edges.HasFlag(GpioEdges.Falling) ? FlagFalling : 0);
        if (direction == GpioDirection.Output)
        {
            request.AttributeCount = 1;
            request.AttributeId = OutputValues;
            request.AttributeValue = initial;
            request.AttributeMask = offsets.Length == MaxLines ? ulong.MaxValue : (1ul << offsets.Length) - 1;
        }

        if (Libc.Control(_file, GetLine, &request) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            string text = Marshal.GetPInvokeErrorMessage(error);
            throw error switch
            {
                Libc.ErrorBusy => new OffloadException(OffloadError.BoardBusy, $"another process has one of the lines of {Path}; `gpioinfo` shows which, and who."),
                Libc.ErrorNoDevice => new BoardGoneException($"{Path} is gone: {text}; plug it in again, and open it again."),
                _ => new OffloadException(OffloadError.Unsupported, $"{Path} does not give these lines: {text}; it may not have interrupts, or not this direction."),
            };
        }

        return new GpioLines(new SafeFileHandle(request.Descriptor, ownsHandle: true), Path, offsets);
    }

    /// <summary>Gives the controller back; lines that were requested stay.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>struct gpiochip_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ChipInfo
    {
        internal fixed byte Name[NameBytes];
        internal fixed byte Label[NameBytes];
        internal uint Lines;
    }

    /// <summary>struct gpio_v2_line_request, with the first of its ten attributes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 592)]
    private struct LineRequest
    {
        [FieldOffset(0)]
        internal fixed uint Offsets[MaxLines];

        [FieldOffset(256)]
        internal fixed byte Consumer[NameBytes];

        [FieldOffset(288)]
        internal ulong Flags;

        [FieldOffset(296)]
        internal uint AttributeCount;

        [FieldOffset(320)]
        internal uint AttributeId;

        [FieldOffset(328)]
        internal ulong AttributeValue;

        [FieldOffset(336)]
        internal ulong AttributeMask;

        [FieldOffset(560)]
        internal uint LineCount;

        [FieldOffset(588)]
        internal int Descriptor;
    }
}
