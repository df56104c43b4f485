using Offload.Cli.Demo;
using Xunit;

namespace Offload.Cli.Tests.Harness;

/// <summary>What a test needs of the machine; it is skipped, with the reason, where that is missing.</summary>
internal static class Rights
{
    /// <summary>The virtual board's bitstream.</summary>
    internal static void NeedBitstream() =>
        Skip.IfNot(File.Exists(Repository.Bitstream), "the virtual board's bitstream is not built: run firmware-tools/build-virtual-board.sh");

    /// <summary>The bitstream, and the right to make network namespaces and TAP devices.</summary>
    internal static void NeedNetwork()
    {
        NeedBitstream();
        Skip.IfNot(File.Exists("/dev/net/tun"), "there is no /dev/net/tun on this machine");
        try
        {
            NetworkNamespace.Create("probe").Dispose();
        }
        catch (DemoException e)
        {
            Skip.If(true, $"{e.Message} Run it as root, or with CAP_NET_ADMIN and CAP_SYS_ADMIN.");
        }
    }
}
