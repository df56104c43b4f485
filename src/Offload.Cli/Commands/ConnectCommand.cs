using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Offload.Cli.Shell;
using Offload.Connections;

namespace Offload.Cli.Commands;

/// <summary><c>offload connect</c>: an active open.</summary>
internal static class ConnectCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var remote = Parse.EndPoint("remote", "The peer: 198.51.100.1:80 or [2001:db8::1]:80.");
        var local = new Option<IPAddress?>("--local-address")
        {
            Description = "Our address, one of the host behind the board; by default the one that the kernel's route prefers.",
            HelpName = "ADDRESS",
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens.Single().Value, out var address))
                {
                    return address;
                }

                result.AddError($"'{result.Tokens.Single().Value}' is no IP address.");
                return null;
            },
        };
        var port = new Option<int?>("--local-port") { Description = "Our port; by default one that the kernel gives." }.Within(1, 65535);
        var mss = new Option<int?>("--mss") { Description = "MSS that is offered, 64 to 65535; 1460 (IPv4) or 1440 (IPv6) by default." }.Within(64, 65535);
        var noTimestamps = new Option<bool>("--no-timestamps") { Description = "Do not offer timestamps." };
        var vlan = new Option<int?>("--vlan") { Description = "Tag the connection's frames with this VLAN, 0 to 4094." }.Within(0, 4094);
        var timeout = new Option<double?>("--timeout")
        {
            Description = "Give up after so many seconds; by default when the SYN has been sent again as often as tcp_syn_retries says.",
            HelpName = "SECONDS",
            CustomParser = result =>
            {
                if (double.TryParse(result.Tokens.Single().Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400)
                {
                    return seconds;
                }

                result.AddError($"'{result.Tokens.Single().Value}' is no time: --timeout is a number of seconds above 0, at most 86400.");
                return null;
            },
        };
        var command = new Command("connect", "Opens a connection from the engine (RFC 9293 3.10.1), and waits until it is ESTABLISHED. The engine keeps it until it is closed.")
        {
            remote, local, port, mss, noTimestamps, vlan, timeout,
        };
        return root.With(command, async context =>
        {
            var options = new ConnectionOpenOptions
            {
                RemoteEndPoint = context.Get(remote),
                LocalAddress = context.Get(local),
                LocalPort = context.Get(port),
                Mss = context.Get(mss),
                Timestamps = !context.Get(noTimestamps),
                Vlan = context.Get(vlan),
            };
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                var row = await OpenAsync(context, board.Connections, options, context.Get(timeout)).ConfigureAwait(false);
                if (context.Json)
                {
                    context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["connection"] = ConnectionText.ToJson(row) });
                }
                else
                {
                    context.Output.WriteLine($"{row.Key}: {row.State.ToRfcName()}");
                }

                return ExitCode.Ok;
            }
        });
    }

    private static async Task<ConnectionRow> OpenAsync(CommandContext context, BoardConnections connections, ConnectionOpenOptions options, double? seconds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        if (seconds is { } patience)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(patience));
        }

        using var progress = new ProgressLine(context.Terminal.Error, context.Terminal.IsErrorTerminal, context.Json);
        progress.Step($"opening a connection to {options.RemoteEndPoint}");
        try
        {
            return await connections.OpenAsync(options, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.TimedOut, $"{options.RemoteEndPoint} did not answer within {seconds} s; the open was ended.", "Look at the path to it, or give it more time: --timeout SECONDS.");
        }
    }
}
