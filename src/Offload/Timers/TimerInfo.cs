using Offload.Registers;

namespace Offload.Timers;

/// <summary>A timer or limit of the engine, under Linux's name where Linux has one.</summary>
public sealed class TimerInfo
{
    private static readonly TimeSpan Tick = TcpTicks.ToTime(1);

    private TimerInfo(string name, string? linuxDefault, RegisterInfo register, RegisterField field, bool isTime, uint most, bool zeroIsNever = false)
    {
        Name = name;
        LinuxDefault = linuxDefault;
        Register = register;
        Field = field;
        IsTime = isTime;
        Minimum = Make(isTime && !zeroIsNever ? 1u : 0);
        Maximum = Make(most);
        Default = Make(field.Reset);
        ZeroIsNever = zeroIsNever;
    }

    /// <summary>Every timer and limit, in the order in which a connection meets them.</summary>
    public static IReadOnlyList<TimerInfo> All { get; } =
    [
        Count("tcp_syn_retries", "6", RegisterMap.Tcp.SynRetries.Info, RegisterMap.Tcp.SynRetries.Count),
        Count("tcp_synack_retries", "5", RegisterMap.Tcp.SynackRetries.Info, RegisterMap.Tcp.SynackRetries.Count),
        Count("tcp_orphan_retries", "0, which means 8", RegisterMap.Tcp.OrphanRetries.Info, RegisterMap.Tcp.OrphanRetries.Count),
        Times("rto_initial", "1 s (TCP_TIMEOUT_INIT)", RegisterMap.Tcp.RtoInitial.Info, RegisterMap.Tcp.RtoInitial.Ticks),
        Times("rto_max", "120 s (TCP_RTO_MAX)", RegisterMap.Tcp.RtoMax.Info, RegisterMap.Tcp.RtoMax.Ticks),
        Times("tcp_fin_timeout", "60 s", RegisterMap.Tcp.FinTimeout.Info, RegisterMap.Tcp.FinTimeout.Ticks),
        Times("time_wait", "60 s (TCP_TIMEWAIT_LEN)", RegisterMap.Tcp.TimeWait.Info, RegisterMap.Tcp.TimeWait.Ticks),
        new TimerInfo(
            "tcp_invalid_ratelimit", "500 ms", RegisterMap.Tcp.UnsolicitedAckInterval.Info, RegisterMap.Tcp.UnsolicitedAckInterval.Ticks, true, 16000),
        Times("adoption_timeout", null, RegisterMap.Tcp.AdoptionTimeout.Info, RegisterMap.Tcp.AdoptionTimeout.Ticks),
        new TimerInfo(
            "watch_idle", null, RegisterMap.Tcp.WatchIdle.Info, RegisterMap.Tcp.WatchIdle.Ticks, true, RegisterMap.Tcp.WatchIdle.Ticks.Maximum, zeroIsNever: true),
    ];

    /// <summary>Linux's name (ip-sysctl), such as <c>tcp_syn_retries</c>; where Linux has a constant or nothing, the core's own, such as <c>time_wait</c>.</summary>
    public string Name { get; }

    /// <summary>What Linux does, for comparison; null where Linux has nothing like it.</summary>
    public string? LinuxDefault { get; }

    /// <summary>What it does, as plain text.</summary>
    public string Description => Register.Description;

    /// <summary>Whether its value is a time; else it is a number.</summary>
    public bool IsTime { get; }

    /// <summary>Whether a time of zero means: never.</summary>
    public bool ZeroIsNever { get; }

    /// <summary>Least value.</summary>
    public TimerValue Minimum { get; }

    /// <summary>Largest value.</summary>
    public TimerValue Maximum { get; }

    /// <summary>The core's value after a reset.</summary>
    public TimerValue Default { get; }

    internal RegisterInfo Register { get; }

    internal RegisterField Field { get; }

    /// <summary>The timer of a name.</summary>
    /// <param name="name">As <see cref="Name"/> has it.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: there is none; the message lists them.</exception>
    public static TimerInfo Find(string name) => All.FirstOrDefault(timer => timer.Name == name)
        ?? throw new OffloadException(
            OffloadError.InvalidArgument, $"There is no timer '{name}'. There are: {string.Join(", ", All.Select(timer => timer.Name))}.");

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    /// <summary>The register's value of a value; times are rounded up to ticks of 1.024 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the range, or a time where it has to be a number, or the other way round.</exception>
    internal uint Encode(TimerValue value)
    {
        if (value.Time is { } time && IsTime)
        {
            // Within the range first: what lies above it may not fit the ticks' 32 bits.
            if (time >= TimeSpan.Zero && time <= Maximum.Time && (ZeroIsNever || time > TimeSpan.Zero))
            {
                return TcpTicks.FromTime(time);
            }
        }
        else if (value.Count is { } count && !IsTime && count >= Minimum.Count && count <= Maximum.Count)
        {
            return (uint)count;
        }

        string range = IsTime ? ZeroIsNever ? $"0 (never), or {Tick.TotalSeconds} s to {Maximum}" : $"above 0, and at most {Maximum}" : $"{Minimum} to {Maximum}";
        throw new ArgumentOutOfRangeException(nameof(value), $"{Name} cannot be {value}; it has to be {(IsTime ? "a time" : "a number")}, {range}.");
    }

    /// <summary>The value of a register's value.</summary>
    internal TimerValue Decode(uint register) => Make(Field.Get(register));

    private static TimerInfo Count(string name, string? linuxDefault, RegisterInfo register, RegisterField field) =>
        new(name, linuxDefault, register, field, false, field.Maximum);

    private static TimerInfo Times(string name, string? linuxDefault, RegisterInfo register, RegisterField field) =>
        new(name, linuxDefault, register, field, true, field.Maximum);

    private TimerValue Make(uint value) => IsTime ? TimerValue.FromTime(TcpTicks.ToTime(value)) : TimerValue.FromCount((int)value);
}
