using Offload.Boards;
using Offload.Links.Pcie;

namespace Offload.Tests.Links;

/// <summary>Boards on PCI are found, and what is in their way is told, in a folder that is like sysfs's.</summary>
public sealed class PcieProviderTests : IDisposable
{
    private const string Address = "0000:01:00.0";
    private readonly string _bus = Directory.CreateTempSubdirectory("offload-pci-").FullName;

    public void Dispose() => Directory.Delete(_bus, recursive: true);

    [Fact]
    public async Task Only_boards_are_found()
    {
        Add(Address);
        Add("0000:02:00.0", device: "0x7024");
        Directory.CreateDirectory(Path.Combine(_bus, "0000:03:00.0")); // going away just now
        BoardDescription board = Assert.Single(await Provider().DiscoverAsync());
        Assert.Equal(("pcie-" + Address, "virtual", "PCI " + Address), (board.Id, board.Kind, board.Location));
        Assert.Empty(await new PcieBoardProvider(new PcieBoardOptions(), Path.Combine(_bus, "none")).DiscoverAsync());
    }

    [Theory]
    [InlineData(null, "7", OffloadError.Unsupported, "echo vfio-pci > ")] // with IOMMU, not bound
    [InlineData("xdma", "7", OffloadError.Unsupported, "driver/unbind")] // bound to another
    [InlineData("vfio-pci", null, OffloadError.Unsupported, "intel_iommu=on")] // bound, but no IOMMU
    [InlineData("xdma", null, OffloadError.BoardBusy, "driver/unbind")] // no IOMMU, and taken
    [InlineData("vfio-pci", "987654", OffloadError.PermissionDenied, "vfio")] // bound; the group is not there
    public async Task Opening_says_what_to_do(string? driver, string? group, OffloadError code, string next)
    {
        Add(Address, driver: driver, group: group);
        PcieBoardProvider provider = Provider();
        BoardDescription board = Assert.Single(await provider.DiscoverAsync());
        OffloadException exception = await Assert.ThrowsAsync<OffloadException>(async () => await provider.OpenAsync(board));
        Assert.Equal(code, exception.Code);
        Assert.Contains(next, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_that_was_pulled_out_is_gone()
    {
        Add(Address);
        PcieBoardProvider provider = Provider();
        BoardDescription board = Assert.Single(await provider.DiscoverAsync());
        Directory.Delete(Path.Combine(_bus, Address), recursive: true);
        await Assert.ThrowsAsync<BoardGoneException>(async () => await provider.OpenAsync(board));
        Assert.Empty(await provider.DiagnoseAsync(board));
    }

    [Theory]
    [InlineData(null, "7", "driver", BoardFindingKind.Missing)]
    [InlineData("xdma", "7", "driver", BoardFindingKind.Missing)]
    [InlineData("vfio-pci", "7", "driver", BoardFindingKind.Good)]
    [InlineData("vfio-pci", "7", "permission", BoardFindingKind.Missing)]
    [InlineData("vfio-pci", "7", "IOMMU", BoardFindingKind.Good)]
    [InlineData(null, null, "IOMMU", BoardFindingKind.Limited)]
    [InlineData(null, null, "driver", BoardFindingKind.Good)]
    [InlineData("vfio-pci", null, "driver", BoardFindingKind.Missing)]
    public void The_doctor_tells_what_is_in_the_way(string? driver, string? group, string subject, BoardFindingKind kind)
    {
        Add(Address, driver: driver, group: group);
        PcieFunction function = Assert.Single(PcieFunction.Find((_, _) => true, _bus));
        List<BoardFinding> findings = PcieDiagnosis.Of(function, Path.Combine(_bus, "no-lockdown"), Path.Combine(_bus, "no-vfio"));
        BoardFinding finding = Assert.Single(findings, one => one.Subject == subject);
        Assert.Equal(kind, finding.Kind);
        Assert.Equal(kind == BoardFindingKind.Missing, finding.Commands.Count > 0);
    }

    [Theory]
    [InlineData("[none] integrity confidentiality", BoardFindingKind.Good)]
    [InlineData("none [integrity] confidentiality", BoardFindingKind.Missing)]
    public void A_kernel_that_is_locked_down_is_told(string text, BoardFindingKind kind)
    {
        Add(Address);
        string file = Path.Combine(_bus, "lockdown");
        File.WriteAllText(file, text + "\n");
        PcieFunction function = Assert.Single(PcieFunction.Find((vendor, _) => vendor == 0x10EE, _bus));
        Assert.Equal(kind, Assert.Single(PcieDiagnosis.Of(function, file), one => one.Subject == "lockdown").Kind);
    }

    private PcieBoardProvider Provider() => new(new PcieBoardOptions(), _bus);

    private void Add(string address, string device = "0x4f46", string? driver = null, string? group = null)
    {
        string folder = Path.Combine(_bus, address);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "vendor"), "0x10ee\n");
        File.WriteAllText(Path.Combine(folder, "device"), device + "\n");
        if (driver is not null)
        {
            File.CreateSymbolicLink(Path.Combine(folder, "driver"), "../../../bus/pci/drivers/" + driver);
        }

        if (group is not null)
        {
            File.CreateSymbolicLink(Path.Combine(folder, "iommu_group"), "../../../kernel/iommu_groups/" + group);
        }
    }
}
