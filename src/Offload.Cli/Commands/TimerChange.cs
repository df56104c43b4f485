using System.Globalization;
using Offload.Cli.Shell;
using Offload.Timers;

namespace Offload.Cli.Commands;

/// <summary>A timer and the value that it is to have.</summary>
internal sealed record TimerChange(TimerInfo Timer, TimerValue Value)
{
    private static readonly (string Unit, double Seconds)[] Units = [("min", 60), ("ms", 1e-3), ("us", 1e-6), ("s", 1)];

    /// <summary>Reads NAME=VALUE.</summary>
    /// <exception cref="CliException">It is none, there is no such timer, or the value is outside the timer's range.</exception>
    internal static TimerChange Parse(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw new CliException(ExitCode.Usage, $"'{text}' is not NAME=VALUE.", "offload timers show");
        }

        var timer = TimerInfo.Find(text[..at]);
        var value = timer.IsTime ? Time(text[(at + 1)..], timer) : Count(text[(at + 1)..], timer);
        bool fits = timer.IsTime
            ? (value.Time >= timer.Minimum.Time || (value.Time > TimeSpan.Zero && timer.Minimum.Time > TimeSpan.Zero)) && value.Time <= timer.Maximum.Time
            : value.Count >= timer.Minimum.Count && value.Count <= timer.Maximum.Count;
        return fits ? new TimerChange(timer, value) : throw Wrong(timer, text[(at + 1)..]);
    }

    private static TimerValue Count(string text, TimerInfo timer) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? TimerValue.FromCount(count) : throw Wrong(timer, text);

    private static TimerValue Time(string text, TimerInfo timer)
    {
        if (timer.ZeroIsNever && text is "never" or "0")
        {
            return TimerValue.FromTime(TimeSpan.Zero);
        }

        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * seconds <= timer.Maximum.Time!.Value.TotalSeconds)
            {
                return TimerValue.FromTime(TimeSpan.FromSeconds(number * seconds));
            }
        }

        throw Wrong(timer, text);
    }

    private static CliException Wrong(TimerInfo timer, string text) => new(
        ExitCode.Usage,
        $"{timer.Name} cannot be '{text}': it is {(timer.IsTime ? "a time with its unit (1.5s, 200ms, 2min)" : "a number")}, {timer.Minimum} to {timer.Maximum}{(timer.ZeroIsNever ? "; 0 or never means no end" : "")}.",
        "offload timers show");
}
