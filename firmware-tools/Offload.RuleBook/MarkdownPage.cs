using System.Text;
using Offload.Timers;

namespace Offload.RuleBook;

/// <summary>docs/tcp.md.</summary>
internal static class MarkdownPage
{
    public const string Command = "dotnet run --project firmware-tools/Offload.RuleBook -- generate";

    public static string Of(Rules rules, IReadOnlyList<Evidence> evidence)
    {
        var page = new StringBuilder();
        page.Append("<!-- Made by `").Append(Command).Append("` from ").Append(Rules.Source).Append(" and the tags of tests and proofs; not edited. -->\n");
        page.Append("# TCP, rule by rule\n\n");
        page.Append("What the engine does, and what shows it. In brackets stands the source; numbers without \"RFC\" are sections of RFC 9293. ");
        page.Append("A rule that no test or proof names fails the build. Besides those named here, the ");
        page.Append("[lock-step](../tests/Offload.Engine.Tests/Lockstep/LockstepTests.cs) compares core and model over all of them.\n");
        foreach (Chapter chapter in rules.Chapters)
        {
            page.Append("\n## ").Append(chapter.Title).Append('\n');
            foreach (Rule rule in chapter.Rules)
            {
                AppendRule(page, rule, evidence);
            }
        }

        AppendDeviations(page, rules.Deviations);
        AppendTimers(page);
        return page.ToString();
    }

    private static void AppendRule(StringBuilder page, Rule rule, IReadOnlyList<Evidence> evidence)
    {
        page.Append("\n**").Append(rule.Id).Append(".** ").Append(rule.Text).Append("\n\n");
        foreach (IGrouping<string, Evidence> file in evidence.Where(item => item.Rule == rule.Id && !item.InRange).GroupBy(item => item.File))
        {
            string title = file.Key.StartsWith("tests/Offload", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(file.Key) : file.Key;
            page.Append("- [").Append(title).Append("](../").Append(file.Key).Append(')');
            List<string> names = [.. file.Select(item => item.Name).Where(name => name.Length > 0).Distinct()];
            page.Append(names.Count > 0 ? ": " + string.Join("; ", names) : "").Append('\n');
        }
    }

    private static void AppendDeviations(StringBuilder page, IReadOnlyList<Deviation> deviations)
    {
        page.Append("\n## Deviations\n\nWhere the engine does other than an RFC, or other than Linux, says.\n\n| From | What it does | Why |\n|---|---|---|\n");
        foreach (Deviation deviation in deviations)
        {
            page.Append("| ").Append(deviation.From).Append(" | ").Append(deviation.Done).Append(" | ").Append(deviation.Why).Append(" |\n");
        }
    }

    private static void AppendTimers(StringBuilder page)
    {
        page.Append("\n## Timers\n\nRegisters, set by `offload timers set` or the SDK's `board.Timers`. Times are kept in ticks of 1.024 ms and rounded up. ");
        page.Append("A timeout fires at or after its time, and within one sweep of the table.\n\n");
        page.Append("| Name | Default | Linux | Range | What it is |\n|---|---|---|---|---|\n");
        foreach (TimerInfo timer in TimerInfo.All)
        {
            page.Append("| `").Append(timer.Name).Append("` | ").Append(timer.Default).Append(" | ").Append(timer.LinuxDefault ?? "–").Append(" | ")
                .Append(timer.Minimum).Append(" to ").Append(timer.Maximum).Append(" | ").Append(timer.Description.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        }
    }
}
