using Offload.Boards;
using Offload.Devices;
using Offload.Links.Pcie;
using Offload.Links.Usb;

namespace Offload.Cli.Shell;

/// <summary>Where the command looks for boards, besides those that other processes serve.</summary>
internal static class BoardSources
{
    /// <summary>Options with every bus of this machine.</summary>
    internal static OffloadBoardOptions Options()
    {
        OffloadBoardOptions options = new();
        options.Providers.Add(new PcieBoardProvider());
        options.Providers.Add(new UsbBoardProvider(new UsbBoardOptions { Bus = DeviceLibraries.CreateUsbBus() }));
        return options;
    }
}
