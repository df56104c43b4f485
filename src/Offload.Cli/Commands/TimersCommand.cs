using System.CommandLine;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Timers;

namespace Offload.Cli.Commands;

/// <summary><c>offload timers</c>: the engine's timers and limits, under Linux's names.</summary>
internal static class TimersCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var command = new Command("timers", "Shows and sets the engine's timers and limits, under Linux's names where Linux has one.");
        var names = new Argument<string[]>("names") { Description = "Which ones; all by default.", Arity = ArgumentArity.ZeroOrMore };
        command.Subcommands.Add(root.With(new Command("show", "Shows value, default, what Linux has, and range.") { names }, context => ShowAsync(context, context.Get(names))));
        var changes = new Argument<string[]>("changes")
        {
            Description = "NAME=VALUE: a number, or a time such as 1.5s, 200ms or 2min. All are set, or none.",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Subcommands.Add(root.With(new Command("set", "Sets timers, for timeouts that are started from now on.") { changes }, context => SetAsync(context, context.Get(changes))));
        return command;
    }

    private static async Task<ExitCode> ShowAsync(CommandContext context, string[] names)
    {
        TimerInfo[] timers = names.Length == 0 ? [.. TimerInfo.All] : [.. names.Select(TimerInfo.Find)];
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            await WriteAsync(context, board, timers).ConfigureAwait(false);
            return ExitCode.Ok;
        }
    }

    private static async Task<ExitCode> SetAsync(CommandContext context, string[] texts)
    {
        // All are read before the board is opened, so that a wrong one changes nothing.
        var changes = texts.Select(TimerChange.Parse).ToList();
        if (changes.GroupBy(change => change.Timer.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new CliException(ExitCode.Usage, $"{twice.Key} is there twice.", "offload timers set --help");
        }

        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            await ApplyAsync(board, changes, context.Cancellation).ConfigureAwait(false);
            await WriteAsync(context, board, [.. changes.Select(change => change.Timer)]).ConfigureAwait(false);
            return ExitCode.Ok;
        }
    }

    /// <summary>Sets all; where one is refused, those before it are put back.</summary>
    private static async Task ApplyAsync(OffloadBoard board, List<TimerChange> changes, CancellationToken cancellation)
    {
        var before = new List<TimerChange>();
        foreach (var change in changes)
        {
            before.Add(new TimerChange(change.Timer, await board.Timers.GetAsync(change.Timer, cancellation).ConfigureAwait(false)));
        }

        // rto_initial is never above rto_max: what grows goes from the upper one down, what shrinks from the lower one up.
        int longest = changes.FindIndex(change => change.Timer.Name == "rto_max");
        bool grows = longest >= 0 && changes[longest].Value.Time > before[longest].Value.Time;
        int[] order = [.. Enumerable.Range(0, changes.Count).OrderBy(i => i == longest ? grows ? -1 : changes.Count : i)];
        var done = 0;
        try
        {
            for (; done < order.Length; done++)
            {
                await board.Timers.SetAsync(changes[order[done]].Timer, changes[order[done]].Value, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            while (done-- > 0)
            {
                await board.Timers.SetAsync(before[order[done]].Timer, before[order[done]].Value, CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }
    }

    private static async Task WriteAsync(CommandContext context, OffloadBoard board, TimerInfo[] timers)
    {
        var values = new List<TimerValue>();
        foreach (var timer in timers)
        {
            values.Add(await board.Timers.GetAsync(timer, context.Cancellation).ConfigureAwait(false));
        }

        if (context.Json)
        {
            context.WriteJson(new JsonObject { ["board"] = board.Description.Id, ["timers"] = JsonOutput.Array(timers.Zip(values), pair => ToJson(pair.First, pair.Second)) });
            return;
        }

        var table = new TextTable("NAME", "VALUE", "DEFAULT", "LINUX", "RANGE") { RightAligned = [1, 2] };
        foreach (var (timer, value) in timers.Zip(values))
        {
            table.Add(timer.Name, Text(timer, value), Text(timer, timer.Default), timer.LinuxDefault ?? "-", $"{Text(timer, timer.Minimum)} to {timer.Maximum}");
        }

        table.WriteTo(context.Output);
    }

    private static JsonObject ToJson(TimerInfo timer, TimerValue value)
    {
        var unit = timer.IsTime ? "_us" : "";
        return new JsonObject
        {
            ["name"] = timer.Name,
            ["linux"] = timer.LinuxDefault,
            ["value" + unit] = Number(value),
            ["default" + unit] = Number(timer.Default),
            ["minimum" + unit] = Number(timer.Minimum),
            ["maximum" + unit] = Number(timer.Maximum),
        };
    }

    private static JsonNode Number(TimerValue value) => value.Time is { } time ? time.Ticks / TimeSpan.TicksPerMicrosecond : value.Count ?? 0;

    private static string Text(TimerInfo timer, TimerValue value) =>
        timer.ZeroIsNever && value.Time == TimeSpan.Zero ? "never" : value.ToString();
}
