using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Cli.Commands;

/// <summary><c>offload listeners</c>: the end points that the engine answers for.</summary>
internal static class ListenersCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var command = new Command("listeners", "Lists, adds and removes the end points that the engine answers for.");
        command.Subcommands.Add(root.With(new Command("list", "Lists the listeners by slot."), ListAsync));
        command.Subcommands.Add(CreateAdd(root));
        command.Subcommands.Add(CreateRemove(root));
        return command;
    }

    internal static JsonObject ToJson(Listener listener) => new()
    {
        ["slot"] = listener.Slot,
        ["address"] = listener.EndPoint.Address.ToString(),
        ["port"] = listener.EndPoint.Port,
        ["vlan"] = listener.Vlan,
        ["action"] = JsonOutput.Name(listener.Action),
        ["mode"] = JsonOutput.Name(listener.Mode),
        ["mss"] = listener.Mss,
        ["window"] = listener.Window,
        ["window_scale"] = listener.WindowScaling ? listener.WindowScale : null,
        ["timestamps"] = listener.Timestamps,
        ["sack"] = listener.Sack,
        ["reset_unknown"] = listener.ResetUnknown,
        ["reset_data"] = listener.ResetData,
        ["mac"] = listener.Mac.ToString(),
    };

    private static Command CreateAdd(OffloadCommand root)
    {
        var endPoint = Parse.EndPoint("end-point", "Address and port of the host behind the board: 192.0.2.2:80 or [2001:db8::2]:80.");
        var action = new Option<ListenerAction>("--action") { Description = "What a SYN meets.", DefaultValueFactory = _ => ListenerAction.Accept };
        var mss = new Option<int?>("--mss") { Description = "MSS that is offered, 64 to 65535; 1460 (IPv4) or 1440 (IPv6) by default." }.Within(64, 65535);
        var window = new Option<int>("--window") { Description = "Window field of every segment.", DefaultValueFactory = _ => ListenerOptions.DefaultWindow }.Within(0, 65535);
        var scale = new Option<int>("--window-scale") { Description = "Shift count of the window.", DefaultValueFactory = _ => ListenerOptions.DefaultWindowScale }.Within(0, 14);
        var noScale = new Option<bool>("--no-window-scaling") { Description = "Do not agree to window scaling." };
        var noTimestamps = new Option<bool>("--no-timestamps") { Description = "Do not agree to timestamps." };
        var noSack = new Option<bool>("--no-sack") { Description = "Do not agree to selective acknowledgments." };
        var vlan = new Option<int?>("--vlan") { Description = "Answer only frames tagged with this VLAN, 0 to 4094." }.Within(0, 4094);
        var resetUnknown = new Option<bool>("--reset-unknown") { Description = "Reset segments that no connection knows, instead of passing them to the host." };
        var resetData = new Option<bool>("--reset-data") { Description = "Reset connections whose peer sends data, instead of dropping the data." };
        var mac = new Option<MacAddress?>("--mac")
        {
            Description = "Our MAC address; by default that of the host's interface that has the address.",
            HelpName = "MAC",
            CustomParser = result =>
            {
                if (MacAddress.TryParse(result.Tokens.Single().Value, out var address))
                {
                    return address;
                }

                result.AddError($"'{result.Tokens.Single().Value}' is no MAC address; one looks like 02:00:00:00:00:01.");
                return null;
            },
        };
        var command = new Command("add", "Binds an end point at the kernel and lets the engine answer for it. The process that holds the board keeps it until it is removed.")
        {
            endPoint, action, mss, window, scale, noScale, noTimestamps, noSack, vlan, resetUnknown, resetData, mac,
        };
        return root.With(command, async context =>
        {
            var options = new ListenerOptions
            {
                EndPoint = context.Get(endPoint),
                Action = context.Get(action),
                Mss = context.Get(mss),
                Window = context.Get(window),
                WindowScale = context.Get(scale),
                WindowScaling = !context.Get(noScale),
                Timestamps = !context.Get(noTimestamps),
                Sack = !context.Get(noSack),
                Vlan = context.Get(vlan),
                ResetUnknown = context.Get(resetUnknown),
                ResetData = context.Get(resetData),
                Mac = context.Get(mac),
            };
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                var listener = await board.Listeners.AddAsync(options, context.Cancellation).ConfigureAwait(false);
                if (context.Json)
                {
                    context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["listener"] = ToJson(listener) });
                }
                else
                {
                    context.Output.WriteLine($"{listener.EndPoint} listens in slot {listener.Slot}");
                }

                return ExitCode.Ok;
            }
        });
    }

    private static Command CreateRemove(OffloadCommand root)
    {
        var slot = new Argument<int>("slot") { Description = "Slot of the listener, as `offload listeners list` shows it." };
        slot.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value is < 0 or > 255)
            {
                result.AddError($"A slot is 0 to 255, not {value}.");
            }
        });
        return root.With(new Command("remove", "Takes no new connections on a listener and gives its port back to the kernel.") { slot }, async context =>
        {
            var number = context.Get(slot);
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                if (!await board.Listeners.RemoveAsync(number, context.Cancellation).ConfigureAwait(false))
                {
                    throw new CliException(ExitCode.NoSuchItem, $"slot {number} has no listener.", "`offload listeners list` shows the slots in use.");
                }

                if (context.Json)
                {
                    context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["removed"] = number });
                }
                else
                {
                    context.Output.WriteLine($"slot {number} is free");
                }

                return ExitCode.Ok;
            }
        });
    }

    private static async Task<ExitCode> ListAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var listeners = await board.Listeners.ListAsync(context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["listeners"] = JsonOutput.Array(listeners, ToJson) });
                return ExitCode.Ok;
            }

            if (listeners.Count == 0)
            {
                context.Note("The engine listens nowhere. `offload listeners add ADDRESS:PORT` adds an end point.");
                return ExitCode.Ok;
            }

            var table = new TextTable("SLOT", "END POINT", "VLAN", "ACTION", "MODE", "MSS", "WINDOW", "OPTIONS") { RightAligned = [0, 5, 6] };
            foreach (var listener in listeners)
            {
                table.Add(
                    listener.Slot.ToString(CultureInfo.InvariantCulture),
                    listener.EndPoint.ToString(),
                    listener.Vlan?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    JsonOutput.Name(listener.Action),
                    JsonOutput.Name(listener.Mode),
                    listener.Mss.ToString(CultureInfo.InvariantCulture),
                    listener.Window.ToString(CultureInfo.InvariantCulture),
                    Options(listener));
            }

            table.WriteTo(context.Output);
            return ExitCode.Ok;
        }
    }

    private static string Options(Listener listener)
    {
        var names = new List<string>();
        if (listener.Timestamps)
        {
            names.Add("ts");
        }

        if (listener.Sack)
        {
            names.Add("sack");
        }

        if (listener.WindowScaling)
        {
            names.Add($"wscale:{listener.WindowScale}");
        }

        if (listener.ResetUnknown)
        {
            names.Add("reset-unknown");
        }

        if (listener.ResetData)
        {
            names.Add("reset-data");
        }

        return names.Count == 0 ? "-" : string.Join(' ', names);
    }
}
