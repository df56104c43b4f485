using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Offload.Registers;

namespace Offload.Cli.Commands;

/// <summary><c>offload counters</c>: all counters, taken at one instant.</summary>
internal static class CountersCommand
{
    private static readonly Option<bool> NotZero = new("--not-zero") { Description = "Leave out the counters that are 0." };

    internal static Command Create(OffloadCommand root) =>
        root.With(new Command("counters", "Shows the core's counters, all taken at one instant.") { NotZero }, RunAsync);

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var counters = await board.Counters.SnapshotAsync(context.Cancellation).ConfigureAwait(false);
            var shown = Enum.GetValues<CounterId>().Where(id => !context.Get(NotZero) || counters[id] != 0);
            if (context.Json)
            {
                var values = new JsonObject();
                foreach (var id in shown)
                {
                    values[JsonOutput.Name(id)] = counters[id];
                }

                context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["counters"] = values });
                return ExitCode.Ok;
            }

            var table = new TextTable("COUNTER", "VALUE") { RightAligned = [1] };
            foreach (var id in shown)
            {
                table.Add(JsonOutput.Name(id), counters[id].ToString(CultureInfo.InvariantCulture));
            }

            table.WriteTo(context.Output);
            return ExitCode.Ok;
        }
    }
}
