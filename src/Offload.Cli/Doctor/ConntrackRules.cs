using Offload.Boards;

namespace Offload.Cli.Doctor;

/// <summary>
/// Firewall rules that would end adopted connections. The kernel's connection tracking never saw their SYN: to it their first segment is
/// <c>new</c> without SYN, or, where <c>nf_conntrack_tcp_loose</c> is 0, <c>invalid</c>.
/// </summary>
internal static class ConntrackRules
{
    private static readonly string[] Verdicts = ["drop", "reject"];

    /// <summary>Rules of <c>nft list ruleset</c> that drop them.</summary>
    /// <param name="ruleset">Its output.</param>
    /// <param name="loose">Value of nf_conntrack_tcp_loose.</param>
    internal static List<string> InNft(string ruleset, bool loose) => [.. Lines(ruleset).Where(line =>
    {
        string[] words = line.Split([' ', ',', '{', '}', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        bool drops = words.Any(word => Verdicts.Contains(word));
        bool withoutSyn = words.Contains("new") && line.Contains("tcp flags", StringComparison.Ordinal) && line.Contains("!=", StringComparison.Ordinal);
        return drops && line.Contains("ct state", StringComparison.Ordinal) && (withoutSyn || (!loose && words.Contains("invalid")));
    })];

    /// <summary>Rules of <c>iptables-save</c> that drop them.</summary>
    /// <param name="rules">Its output.</param>
    /// <param name="loose">Value of nf_conntrack_tcp_loose.</param>
    internal static List<string> InIptables(string rules, bool loose) => [.. Lines(rules).Where(line =>
    {
        bool drops = line.Contains("-j DROP", StringComparison.Ordinal) || line.Contains("-j REJECT", StringComparison.Ordinal);
        int at = Math.Max(line.IndexOf("--ctstate ", StringComparison.Ordinal), line.IndexOf("--state ", StringComparison.Ordinal));
        string[] states = at < 0 ? [] : line[at..].Split(' ')[1].Split(',');
        bool withoutSyn = states.Contains("NEW") && (line.Contains("! --syn", StringComparison.Ordinal) || line.Contains("! --tcp-flags", StringComparison.Ordinal));
        return drops && (withoutSyn || (!loose && states.Contains("INVALID")));
    })];

    /// <summary>What the rules mean.</summary>
    internal static BoardFinding Finding(IReadOnlyList<string> rules, bool loose)
    {
        const string Pass = "nft insert rule inet filter input tcp dport '{ PORTS }' accept    # or: iptables -I INPUT -p tcp -m multiport --dports PORTS -j ACCEPT";
        const string Loosen = "sysctl -w net.netfilter.nf_conntrack_tcp_loose=1";
        if (rules.Count == 0)
        {
            return new(BoardFindingKind.Good, "firewall", "no rule drops connections whose SYN the kernel has not seen");
        }

        var message = $"{rules.Count} {(rules.Count == 1 ? "rule drops" : "rules drop")} adopted connections, for the kernel has not seen their SYN: {string.Join(" | ", rules)}. "
            + "Let the ports of the board's listeners pass before them.";
        return loose ? new(BoardFindingKind.Missing, "firewall", message, Pass) : new(BoardFindingKind.Missing, "firewall", message, Loosen, Pass);
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#');
}
