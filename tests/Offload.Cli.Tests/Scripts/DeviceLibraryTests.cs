using System.Diagnostics;
using Offload.Cli.Tests.Harness;
using Offload.Devices;
using Xunit;

namespace Offload.Cli.Tests.Scripts;

/// <summary>The build of Offload.Devices, whose packages not every NuGet feed has.</summary>
public sealed class DeviceLibraryTests
{
    private const string Line = "Offload.Devices: LibUsbDotNet, System.Device.Gpio and Iot.Device.Bindings do not restore from this machine's NuGet feeds; "
        + "built without them, on Offload's own libusb and GPIO.";

    [Fact]
    public async Task A_build_without_them_says_so_in_one_line_and_one_with_them_says_nothing()
    {
        (int exit, string output) = await MsBuildAsync("-t:TellOffloadDevices");
        Assert.True(exit == 0, output);
        Assert.Equal(DeviceLibraries.AreIncluded ? 0 : 1, output.Split('\n').Count(line => line.Trim() == Line));
    }

    [Fact]
    public async Task Who_asks_for_no_adapters_hears_nothing()
    {
        (int exit, string output) = await MsBuildAsync("-t:TellOffloadDevices", "-p:OffloadDevices=false");
        Assert.True(exit == 0, output);
        Assert.DoesNotContain("Offload.Devices:", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Who_asks_for_them_gets_an_error_where_they_do_not_restore()
    {
        Skip.If(DeviceLibraries.AreIncluded, "they restore here");
        string folder = Directory.CreateTempSubdirectory("offload-devices-").FullName;
        try
        {
            (int exit, string output) = await MsBuildAsync("-t:Restore", "-p:OffloadDevices=true", "-p:ArtifactsPath=" + folder);
            Assert.NotEqual(0, exit);
            Assert.Contains("LibUsbDotNet", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Exit, string Output)> MsBuildAsync(params string[] arguments)
    {
        ProcessStartInfo how = new("dotnet", ["msbuild", Path.Combine(Repository.Root, "src", "Offload.Devices", "Offload.Devices.csproj"), "-nologo", "-v:minimal", "-nodeReuse:false", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(how)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
