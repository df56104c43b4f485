using System.Diagnostics;
using System.Runtime.InteropServices;
using Offload.Engine.Tests.Harness;
using Offload.Links.Usb;
using Offload.Tests.Contract;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>Runs the tests below in a guest with a stock kernel, to whose xHCI the rig's three devices are plugged in.</summary>
[Trait("Category", "Full")]
public sealed class GuestUsbTests
{
    private const int NoGuest = 77;

    [SkippableFact]
    public async Task The_same_tests_pass_over_libusb_and_a_host_controller()
    {
        Skip.If(Guest.IsThis, "this is the guest");
        Skip.IfNot(NativeLibrary.TryLoad("libusb-1.0.so.0", out _), "the guest uses this machine's libusb 1.0, which is not installed: apt-get install libusb-1.0-0");
        using TemporaryFolder folder = new();
        UsbRedirServer[] servers = [.. Enumerable.Range(0, 3).Select(i => UsbRedirServer.Listen(folder["usb" + i]))];
        await using UsbRig rig = await UsbRig.StartAsync((port, device) => servers[port].Plug(device));
        using Process guest = Process.Start(new ProcessStartInfo(
            Path.Combine(Repository.Root, "firmware-tools", "guest", "run.sh"),
            [
                .. Enumerable.Range(0, 3).SelectMany(i => new[] { "--usb", folder["usb" + i] }),
                "--no-iommu", "--time-limit", "900", "--", "dotnet", "test", typeof(GuestUsbTests).Assembly.Location, "--filter", "FullyQualifiedName~InGuest",
            ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = guest.StandardError.ReadToEndAsync();
        string output = await guest.StandardOutput.ReadToEndAsync();
        await guest.WaitForExitAsync();
        foreach (UsbRedirServer server in servers)
        {
            await server.DisposeAsync();
        }

        Skip.If(guest.ExitCode == NoGuest, "no guest is to be had here: " + await errors);
        Assert.True(guest.ExitCode == 0, output + await errors);
        Assert.Matches("Passed! +- Failed: +0, Passed: +[1-9][0-9]*, Skipped: +0,", output);
    }
}

/// <summary>Whether the tests run in the guest that <see cref="GuestUsbTests"/> starts.</summary>
internal static class Guest
{
    internal static bool IsThis => Environment.GetEnvironmentVariable("OFFLOAD_GUEST") == "1";

    /// <summary>The rig's devices as the guest sees them, once its kernel has found them all: a test may have pulled one out and put it back.</summary>
    internal static async Task<UsbBench> BenchAsync()
    {
        Skip.IfNot(IsThis, "runs in the guest alone, which GuestUsbTests starts");
        UsbBench bench = new(new LibUsbBus(), rig: null);
        UsbBoardProvider provider = bench.Provider();
        await Eventually.TrueAsync(
            async () => bench.IsControlled && (await provider.DiscoverAsync()).Count == 2, "the guest's kernel does not list the rig's three devices");
        return bench;
    }
}

/// <summary>In the guest: libusb, the kernel's usbfs, xHCI.</summary>
[Trait("Category", "Full")]
public sealed class InGuestUsbLinkTests : UsbLinkTests
{
    private protected override Task<UsbBench> StartAsync() => Guest.BenchAsync();
}

/// <summary>In the guest: the link's contract over the UART.</summary>
[Trait("Category", "Full")]
public sealed class InGuestUartLinkContractTests : LinkContractTests
{
    protected override async ValueTask<LinkUnderTest> OpenAsync() => await UsbLinkUnderTest.OpenAsync(await Guest.BenchAsync(), UsbRig.UartSerial);
}

/// <summary>In the guest: the link's contract over the synchronous FIFO.</summary>
[Trait("Category", "Full")]
public sealed class InGuestFifoLinkContractTests : LinkContractTests
{
    protected override async ValueTask<LinkUnderTest> OpenAsync() => await UsbLinkUnderTest.OpenAsync(await Guest.BenchAsync(), UsbRig.FifoSerial);
}
