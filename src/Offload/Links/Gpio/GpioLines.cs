using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Links.Gpio;

/// <summary>An edge of an input.</summary>
/// <param name="Line">Number of the line at its controller.</param>
/// <param name="Rising">From low to high; else from high to low.</param>
/// <param name="Time">When the kernel saw it, since it was started (CLOCK_MONOTONIC).</param>
/// <param name="Number">Counts the edges of the request from 1; a gap means that the kernel had to drop some.</param>
public readonly record struct GpioEdge(int Line, bool Rising, TimeSpan Time, uint Number);

/// <summary>Lines of a <see cref="GpioChip"/> that this process has. Reading and writing are thread-safe; one waits for edges at a time.</summary>
public sealed class GpioLines : IDisposable
{
    private const nuint GetValues = 0xC010B40E;
    private const nuint SetValues = 0xC010B40F;
    private const uint EdgeRising = 1;

    private readonly SafeFileHandle _file;
    private readonly string _chip;
    private readonly int[] _offsets;

    internal GpioLines(SafeFileHandle file, string chip, ReadOnlySpan<int> offsets)
    {
        _file = file;
        _chip = chip;
        _offsets = offsets.ToArray();
    }

    /// <summary>Numbers of the lines, in the order of the bits.</summary>
    public IReadOnlyList<int> Offsets => _offsets;

    private ulong All => _offsets.Length == GpioChip.MaxLines ? ulong.MaxValue : (1ul << _offsets.Length) - 1;

    /// <summary>Levels of all lines: bit i is that of the i-th.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardGone"/>; <see cref="OffloadError.LinkFault"/>: the bus behind the controller failed.</exception>
    public unsafe ulong Read()
    {
        LineValues values = new() { Mask = All };
        Check(Libc.Control(_file, GetValues, &values), "read");
        return values.Bits & All;
    }

    /// <summary>Drives lines; those outside the mask stay as they are.</summary>
    /// <param name="values">Bit i is the level of the i-th line.</param>
    /// <param name="mask">Which lines.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardGone"/>; <see cref="OffloadError.LinkFault"/>: the bus behind the controller failed;
    /// <see cref="OffloadError.Unsupported"/>: they are inputs.</exception>
    public unsafe void Write(ulong values, ulong mask = ulong.MaxValue)
    {
        LineValues request = new() { Bits = values & All, Mask = mask & All };
        if (request.Mask != 0)
        {
            Check(Libc.Control(_file, SetValues, &request), "driven");
        }
    }

    /// <summary>Waits for the next edge that the request asked for.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardGone"/>: the controller went away.</exception>
    public async ValueTask<GpioEdge> WaitForEdgeAsync(CancellationToken cancellationToken = default)
    {
        using SafeFileHandle wake = Libc.NewEvent();
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => Libc.Signal((SafeFileHandle)state!), wake);
        await using (registration.ConfigureAwait(false))
        {
            return await Task.Factory.StartNew(
                () => Next(wake, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the lines back; what outputs do then is the controller's.</summary>
    public void Dispose() => _file.Dispose();

    private unsafe GpioEdge Next(SafeFileHandle wake, CancellationToken cancellationToken)
    {
        Libc.PollDescriptor* descriptors = stackalloc Libc.PollDescriptor[2];
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            descriptors[0] = new() { Descriptor = (int)_file.DangerousGetHandle(), Events = Libc.PollIn };
            descriptors[1] = new() { Descriptor = (int)wake.DangerousGetHandle(), Events = Libc.PollIn };
            if (Libc.Poll(descriptors, 2, -1) <= 0 || descriptors[0].Returned == 0)
            {
                continue;
            }

            LineEvent found;
            if ((descriptors[0].Returned & Libc.PollIn) == 0 || Libc.Read(_file, &found, (nuint)sizeof(LineEvent)) != sizeof(LineEvent))
            {
                throw Gone(Libc.LastErrorText);
            }

            return new GpioEdge((int)found.Offset, found.Id == EdgeRising, TimeSpan.FromTicks((long)(found.Nanoseconds / 100)), found.Number);
        }
    }

    private void Check(int result, string what)
    {
        if (result == 0)
        {
            return;
        }

        int error = Marshal.GetLastPInvokeError();
        string text = Marshal.GetPInvokeErrorMessage(error);
        throw error switch
        {
            Libc.ErrorNoDevice or Libc.ErrorNoDeviceOrAddress => Gone(text),
            Libc.ErrorNotPermitted => new OffloadException(OffloadError.Unsupported, $"lines of {_chip} that are inputs cannot be driven; request them as outputs."),
            _ => new OffloadException(OffloadError.LinkFault, $"lines of {_chip} cannot be {what}: {text}; look at its cable, and at dmesg."),
        };
    }

    private BoardGoneException Gone(string text) => new($"{_chip} is gone: {text}; plug it in again, and open it again.");

    /// <summary>struct gpio_v2_line_values.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LineValues
    {
        internal ulong Bits;
        internal ulong Mask;
    }

    /// <summary>struct gpio_v2_line_event.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    private struct LineEvent
    {
        [FieldOffset(0)]
        internal ulong Nanoseconds;

        [FieldOffset(8)]
        internal uint Id;

        [FieldOffset(12)]
        internal uint Offset;

        [FieldOffset(16)]
        internal uint Number;
    }
}
