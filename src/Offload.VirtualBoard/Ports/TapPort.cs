using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.Boards;
using Offload.VirtualBoard.Native;

namespace Offload.VirtualBoard.Ports;

/// <summary>
/// A port whose cable ends in a Linux kernel: a TAP device (Documentation/networking/tuntap.rst), which lives as long as the port.
/// Frames that the kernel sends are padded to 60 bytes, as a MAC does (IEEE 802.3, 4.2.3.3).
/// </summary>
public sealed unsafe class TapPort : FramePort
{
    /// <summary>Frames that the kernel keeps for the board, where nothing else is said.</summary>
    public const int DefaultQueueLength = 8192;

    private const string NamespaceFolder = "/run/netns";
    private const int NameLength = 15;
    private const int MinFrame = 60;

    private readonly SafeFileHandle _descriptor;

    private TapPort(SafeFileHandle descriptor, string name, string? namespacePath)
    {
        _descriptor = descriptor;
        Name = name;
        NamespacePath = namespacePath;
    }

    /// <summary>Name of the interface.</summary>
    public override string Name { get; }

    /// <summary>File of the network namespace in which the interface was made; null: this process's own.</summary>
    public string? NamespacePath { get; }

    /// <inheritdoc/>
    public override SafeHandle Descriptor => _descriptor;

    /// <summary>The interface as it is now, its MAC address included; null once it no longer exists.</summary>
    public override HostPort? KernelInterface
    {
        get
        {
            Libc.InterfaceRequest request = default;
            return Libc.Control(_descriptor, Libc.GetInterfaceHardwareAddress, &request) == 0
                ? new HostPort(Name, NamespacePath, MacAddress.FromBytes(new ReadOnlySpan<byte>(request.HardwareAddress, 6)))
                : null;
        }
    }

    /// <summary>Makes a TAP device.</summary>
    /// <param name="name">Its name, 1 to 15 characters; with <c>%d</c> in it, the kernel numbers it.</param>
    /// <param name="networkNamespace">Network namespace to make it in: a name as <c>ip netns</c> has it, or a path; null: this process's own.</param>
    /// <param name="up">Whether to set it up (IFF_UP).</param>
    /// <param name="queueLength">Frames that the kernel keeps for the board before it drops new ones.</param>
    /// <exception cref="OffloadException">It cannot be made: <see cref="OffloadError.PermissionDenied"/> without CAP_NET_ADMIN,
    /// <see cref="OffloadError.BoardBusy"/> where another process has such a device, <see cref="OffloadError.InvalidArgument"/>.</exception>
    public static TapPort Create(string name, string? networkNamespace = null, bool up = true, int queueLength = DefaultQueueLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(queueLength);
        if (name.Length > NameLength || name.Any(c => c is '/' or ':' or <= ' ' or > '~'))
        {
            throw new OffloadException(
                OffloadError.InvalidArgument, $"'{name}' cannot be an interface's name: 1 to {NameLength} printable characters without space, '/' and ':'");
        }

        string? path = networkNamespace is null || networkNamespace.Contains('/')
            ? networkNamespace
            : $"{NamespaceFolder}/{networkNamespace}";
        return InNamespace(path, () => CreateHere(name, path, up, queueLength));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        nint length;
        int error;
        do
        {
            fixed (byte* bytes = buffer)
            {
                length = Libc.Read(_descriptor, bytes, (nuint)buffer.Length);
            }

            error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Libc.ErrorInterrupted);

        if (length < 0)
        {
            return error is Libc.ErrorAgain or Libc.ErrorIo ? 0 : throw Gone(error);
        }

        if (length < MinFrame && buffer.Length >= MinFrame)
        {
            buffer[(int)length..MinFrame].Clear();
            length = MinFrame;
        }

        return (int)length;
    }

    /// <inheritdoc/>
    public override bool Write(ReadOnlySpan<byte> frame)
    {
        nint written;
        int error;
        do
        {
            fixed (byte* bytes = frame)
            {
                written = Libc.Write(_descriptor, bytes, (nuint)frame.Length);
            }

            error = written < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Libc.ErrorInterrupted);

        return written >= 0 || (IsGone(error) ? throw Gone(error) : false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _descriptor.Dispose();

    private static bool IsGone(int error) =>
        error is Libc.ErrorBadDescriptorState or Libc.ErrorBadDescriptor or Libc.ErrorNoDevice or Libc.ErrorNoDeviceAnymore;

    private static TapPort CreateHere(string name, string? path, bool up, int queueLength)
    {
        SafeFileHandle descriptor = Libc.Open("/dev/net/tun", Libc.OpenReadWrite | Libc.OpenNonBlocking | Libc.OpenCloseOnExec);
        try
        {
            if (descriptor.IsInvalid)
            {
                throw Failed($"/dev/net/tun cannot be opened", "load the kernel's module tun, and run as root or with CAP_NET_ADMIN");
            }

            Libc.InterfaceRequest request = Libc.InterfaceRequest.For(name);
            request.Flags = Libc.FlagTap | Libc.FlagNoPacketInformation;
            if (Libc.Control(descriptor, Libc.TunSetInterface, &request) != 0)
            {
                throw Failed($"the TAP device {name} cannot be made", "choose another name if another board has it, and run as root or with CAP_NET_ADMIN");
            }

            string actual = request.NameText;
            using SafeFileHandle socket = Libc.Socket(domain: 2, type: 2 | Libc.OpenCloseOnExec, protocol: 0);
            Configure(socket, actual, up, queueLength);
            return new TapPort(descriptor, actual, path);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void Configure(SafeFileHandle socket, string name, bool up, int queueLength)
    {
        Libc.InterfaceRequest request = Libc.InterfaceRequest.For(name);
        request.Number = queueLength;
        if (Libc.Control(socket, Libc.SetInterfaceQueueLength, &request) != 0)
        {
            throw Failed($"the queue length of {name} cannot be set to {queueLength}", "choose a smaller one");
        }

        if (!up)
        {
            return;
        }

        request = Libc.InterfaceRequest.For(name);
        bool read = Libc.Control(socket, Libc.GetInterfaceFlags, &request) == 0;
        request.Flags |= Libc.InterfaceUp;
        if (!read || Libc.Control(socket, Libc.SetInterfaceFlags, &request) != 0)
        {
            throw Failed($"{name} cannot be set up", "run as root or with CAP_NET_ADMIN");
        }
    }

    /// <summary>Does something on a thread of its own that has entered a namespace; no other thread ever does.</summary>
    private static TapPort InNamespace(string? path, Func<TapPort> create)
    {
        if (path is null)
        {
            return create();
        }

        TapPort? port = null;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle descriptor = Libc.Open(path, Libc.OpenCloseOnExec);
                if (descriptor.IsInvalid)
                {
                    throw Failed($"the network namespace {path} cannot be opened", "make it with `ip netns add`");
                }

                if (Libc.SetNamespace(descriptor, Libc.NewNetworkNamespace) != 0)
                {
                    throw Failed($"the network namespace {path} cannot be entered", "run as root or with CAP_SYS_ADMIN");
                }

                port = create();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        {
            IsBackground = true,
            Name = "offload netns",
        };
        thread.Start();
        thread.Join();
        return failure is null ? port! : throw failure;
    }

    private static OffloadException Failed(string what, string advice)
    {
        int error = Marshal.GetLastPInvokeError();
        OffloadError code = error switch
        {
            Libc.ErrorNotPermitted or Libc.ErrorAccess => OffloadError.PermissionDenied,
            Libc.ErrorBusy => OffloadError.BoardBusy,
            Libc.ErrorInvalid or Libc.ErrorNotFound => OffloadError.InvalidArgument,
            _ => OffloadError.Unsupported,
        };
        return new OffloadException(code, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}; {advice}");
    }

    private BoardGoneException Gone(int error) =>
        new($"the board's TAP device {Name} no longer exists ({Marshal.GetPInvokeErrorMessage(error)}); open the board again");
}
