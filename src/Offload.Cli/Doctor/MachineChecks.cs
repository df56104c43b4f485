using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Offload.Boards;

namespace Offload.Cli.Doctor;

/// <summary>What the machine has of what every board needs.</summary>
internal static class MachineChecks
{
    private const int NetworkAdministration = 12;
    private const int SystemAdministration = 21;

    /// <summary>All of them.</summary>
    internal static List<BoardFinding> All() => [Capabilities(File.ReadAllText("/proc/self/status")), TunDevice(), Tool("ip", "iproute2"), UsbLibrary(), Firewall()];

    /// <summary>CAP_NET_ADMIN, which adopting connections needs, and CAP_SYS_ADMIN for network namespaces.</summary>
    /// <param name="status">/proc/self/status.</param>
    internal static BoardFinding Capabilities(string status)
    {
        string? text = status.Split('\n').FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong effective = text is null ? 0 : ulong.Parse(text.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return ((effective >> NetworkAdministration) & 1) == 0
            ? new(
                BoardFindingKind.Limited,
                "rights",
                "this process has no CAP_NET_ADMIN: connections cannot be handed to the kernel, nor TAP devices made",
                "setcap cap_net_admin,cap_sys_admin+ep PROGRAM    # or run it as root")
            : ((effective >> SystemAdministration) & 1) == 0
                ? new(BoardFindingKind.Limited, "rights", "CAP_NET_ADMIN, but no CAP_SYS_ADMIN: a host port in another network namespace cannot be reached")
                : new(BoardFindingKind.Good, "rights", "CAP_NET_ADMIN and CAP_SYS_ADMIN");
    }

    private static BoardFinding TunDevice() => File.Exists("/dev/net/tun")
        ? new(BoardFindingKind.Good, "tun", "/dev/net/tun is there, for virtual boards")
        : new(BoardFindingKind.Limited, "tun", "/dev/net/tun is missing: virtual boards have no network", "modprobe tun");

    private static BoardFinding Tool(string name, string package) =>
        Paths(name).Any(File.Exists)
            ? new(BoardFindingKind.Good, package, $"{name} is there")
            : new(BoardFindingKind.Limited, package, $"{name} is missing, which demo and tests use", $"apt-get install {package}");

    private static BoardFinding UsbLibrary()
    {
        bool there = NativeLibrary.TryLoad("libusb-1.0.so.0", out nint handle);
        if (there)
        {
            NativeLibrary.Free(handle);
        }

        return there
            ? new(BoardFindingKind.Good, "libusb", "libusb-1.0 is there")
            : new(BoardFindingKind.Limited, "libusb", "libusb-1.0 is missing: boards on USB cannot be opened", "apt-get install libusb-1.0-0");
    }

    /// <summary>Rules of the calling thread's network namespace that would end adopted connections.</summary>
    internal static BoardFinding Firewall()
    {
        const string LooseFile = "/proc/sys/net/netfilter/nf_conntrack_tcp_loose";
        if (!File.Exists(LooseFile))
        {
            return new(BoardFindingKind.Good, "firewall", "the kernel tracks no connections");
        }

        bool loose = File.ReadAllText(LooseFile).Trim() != "0";
        string? nft = Output("nft", "list", "ruleset");
        string?[] tables = [Output("iptables-save"), Output("ip6tables-save")];
        return nft is null && tables.All(text => text is null)
            ? new(
                BoardFindingKind.Limited,
                "firewall",
                "connections are tracked, and the rules cannot be read: run it as root, with nft or iptables installed",
                "apt-get install nftables")
            : ConntrackRules.Finding(
                [.. ConntrackRules.InNft(nft ?? "", loose), .. tables.SelectMany(text => ConntrackRules.InIptables(text ?? "", loose))], loose);
    }

    /// <summary>What a program says; null where it is not there, or fails.</summary>
    private static string? Output(string program, params string[] arguments)
    {
        if (Paths(program).FirstOrDefault(File.Exists) is not { } path)
        {
            return null;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            _ = error.Result;
            return process.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<string> Paths(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program));
}
