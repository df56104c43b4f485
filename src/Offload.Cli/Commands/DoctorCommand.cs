using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Doctor;
using Offload.Cli.Shell;

namespace Offload.Cli.Commands;

/// <summary><c>offload doctor</c>: what is missing, and what mends it.</summary>
internal static class DoctorCommand
{
    internal static Command Create(OffloadCommand root) =>
        root.With(new Command("doctor", "Looks for what is in the way of each board, and shows the commands that mend it. Opens and changes nothing."), RunAsync);

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        List<(string Name, IReadOnlyList<BoardFinding> Findings)> parts = [];
        foreach (BoardProvider provider in context.Boards().Providers)
        {
            foreach (var board in await provider.DiscoverAsync(context.Cancellation).ConfigureAwait(false))
            {
                parts.Add(($"{board.Id} ({board.Name}, {board.Location})", await provider.DiagnoseAsync(board, context.Cancellation).ConfigureAwait(false)));
            }
        }

        parts.Add(("this machine", MachineChecks.All()));
        Write(context, parts);
        return parts.Any(part => part.Findings.Any(finding => finding.Kind == BoardFindingKind.Missing)) ? ExitCode.Failed : ExitCode.Ok;
    }

    /// <summary>Shows what was found.</summary>
    internal static void Write(CommandContext context, IReadOnlyList<(string Name, IReadOnlyList<BoardFinding> Findings)> parts)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["parts"] = JsonOutput.Array(parts, part => new JsonObject
                {
                    ["name"] = part.Name,
                    ["findings"] = JsonOutput.Array(part.Findings, finding => new JsonObject
                    {
                        ["kind"] = JsonOutput.Name(finding.Kind),
                        ["subject"] = finding.Subject,
                        ["message"] = finding.Message,
                        ["commands"] = JsonOutput.Array(finding.Commands, command => command),
                    }),
                }),
            });
            return;
        }

        foreach (var (name, findings) in parts)
        {
            context.Output.WriteLine(name);
            foreach (var finding in findings)
            {
                var mark = finding.Kind switch { BoardFindingKind.Good => "good   ", BoardFindingKind.Limited => "limited", _ => "MISSING" };
                context.Output.WriteLine($"  {mark}  {finding.Subject}: {finding.Message}");
                foreach (var command in finding.Commands)
                {
                    context.Output.WriteLine($"             # {command}");
                }
            }
        }
    }
}
