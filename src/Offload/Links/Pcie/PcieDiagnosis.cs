using Offload.Boards;

namespace Offload.Links.Pcie;

/// <summary>What is in the way of a board that is a PCI function.</summary>
internal static class PcieDiagnosis
{
    /// <summary>Looks at driver, IOMMU, permissions and lockdown.</summary>
    /// <param name="function">The function.</param>
    /// <param name="lockdownFile">Where the kernel tells whether it is locked down.</param>
    /// <param name="vfioFolder">Where VFIO's groups are.</param>
    internal static List<BoardFinding> Of(
        PcieFunction function, string lockdownFile = "/sys/kernel/security/lockdown", string vfioFolder = "/dev/vfio")
    {
        List<BoardFinding> findings = [];
        bool bound = function.Driver == PcieFunction.VfioDriver;
        if (function.IommuGroup is null)
        {
            findings.Add(new(
                BoardFindingKind.Limited,
                "IOMMU",
                "none, or it is off: the board is reached by sysfs, without interrupts (its status is polled). Switch it on in the firmware, add intel_iommu=on (or amd_iommu=on) to the kernel's command line, and boot again."));
            findings.Add(Lockdown(lockdownFile));
        }
        else
        {
            findings.Add(new(BoardFindingKind.Good, "IOMMU", $"on; the board is in group {function.IommuGroup}"));
        }

        findings.Add((bound, function) switch
        {
            (true, { IommuGroup: not null }) => new(BoardFindingKind.Good, "driver", "bound to vfio-pci"),
            (false, { IommuGroup: null, Driver: null }) => new(BoardFindingKind.Good, "driver", "none, as sysfs needs it"),
            (_, { IommuGroup: null }) => new(
                BoardFindingKind.Missing, "driver", $"bound to {function.Driver}; sysfs needs the board to have no driver", $"echo {function.Address} > {function.Folder}/driver/unbind"),
            _ => new(
                BoardFindingKind.Missing,
                "driver",
                function.Driver is null ? "bound to none; VFIO needs vfio-pci" : $"bound to {function.Driver}; VFIO needs vfio-pci",
                function.BindCommands),
        });

        if (bound && function.IommuGroup is not null)
        {
            findings.Add(Permission(Path.Combine(vfioFolder, function.IommuGroup)));
        }

        return findings;
    }

    private static BoardFinding Lockdown(string file)
    {
        // The mode that is on stands in brackets: none [integrity] confidentiality.
        string text = File.Exists(file) ? File.ReadAllText(file).Trim() : "[none]";
        return text.Contains("[none]", StringComparison.Ordinal)
            ? new(BoardFindingKind.Good, "lockdown", "off")
            : new(
                BoardFindingKind.Missing,
                "lockdown",
                $"the kernel is locked down ({text}), so sysfs gives no access to boards: use VFIO with an IOMMU, or switch secure boot off in the firmware");
    }

    private static BoardFinding Permission(string path)
    {
        if (!File.Exists(path))
        {
            return new(BoardFindingKind.Missing, "permission", $"{path} does not exist", "modprobe vfio_iommu_type1");
        }

        return Libc.MayOpen(path)
            ? new(BoardFindingKind.Good, "permission", $"{path} may be opened")
            : new(
                BoardFindingKind.Missing,
                "permission",
                $"{path} may not be opened by this user: {Libc.LastErrorText}",
                "cp boards/70-offload.rules /etc/udev/rules.d/",
                "udevadm control --reload && udevadm trigger");
    }
}
