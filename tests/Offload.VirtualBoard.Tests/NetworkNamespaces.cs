using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.VirtualBoard.Tests;

/// <summary>Two empty network namespaces, gone after the test. Needs root.</summary>
internal sealed partial class NetworkNamespaces : IDisposable
{
    private static int Made;

    internal NetworkNamespaces()
    {
        int number = Interlocked.Increment(ref Made);
        Net = $"offload-vt-n{Environment.ProcessId}-{number}";
        Host = $"offload-vt-h{Environment.ProcessId}-{number}";
        Run.Tool("ip", "netns", "add", Net);
        Run.Tool("ip", "netns", "add", Host);
    }

    internal string Net { get; }

    internal string Host { get; }

    public void Dispose()
    {
        Run.Tool("ip", "netns", "delete", Net);
        Run.Tool("ip", "netns", "delete", Host);
    }

    /// <summary>Skips the test where namespaces and TAP devices cannot be made.</summary>
    internal static void SkipWithoutRights()
    {
        Skip.IfNot(File.Exists("/dev/net/tun"), "there is no /dev/net/tun");
        Skip.IfNot(Environment.UserName == "root", "TAP devices and namespaces need root");
        try
        {
            Ports.TapPort.Create("offload%d").Dispose();
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.PermissionDenied)
        {
            Skip.If(true, exception.Message);
        }
    }

    /// <summary>Runs `ip` in a namespace.</summary>
    internal static void Ip(string name, params string[] arguments) => Run.Tool("ip", ["-n", name, .. arguments]);

    /// <summary>A UDP socket in a namespace.</summary>
    internal static Socket Udp(string name)
    {
        Socket? socket = null;
        Thread thread = new(() =>
        {
            using SafeFileHandle file = File.OpenHandle("/run/netns/" + name);
            Assert.Equal(0, SetNamespace(file, 0x40000000));
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 60_000 };
        });
        thread.Start();
        thread.Join();
        return socket!;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle descriptor, int kind);
}
