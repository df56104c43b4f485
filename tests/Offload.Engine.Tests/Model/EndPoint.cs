using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>What a SYN to a listening end point meets.</summary>
internal enum Reception
{
    Accept,
    Reset,
    Drop,
}

/// <summary>What a SYN to a listening end point meets while the host's heartbeat is missing.</summary>
internal enum HostLost
{
    Pass,
    Reset,
    Drop,
}

/// <summary>A listening end point, as the host configures it.</summary>
internal sealed record EndPoint
{
    public bool Enabled { get; init; } = true;

    public Reception Action { get; init; }

    /// <summary>Connections are offered to the host; else the engine keeps them.</summary>
    public bool Adopt { get; init; }

    /// <summary>How many connections may wait for their adoption.</summary>
    public ushort Backlog { get; init; } = 128;

    public HostLost HostLost { get; init; }

    public bool ResetUnknown { get; init; }

    public bool ResetData { get; init; }

    public bool Timestamps { get; init; } = true;

    public bool Sack { get; init; } = true;

    public bool WindowScaling { get; init; } = true;

    public byte WindowScale { get; init; } = 7;

    public bool AnyPort { get; init; }

    public bool Tagged { get; init; }

    public ushort Vlan { get; init; }

    public ushort Window { get; init; } = 64240;

    public ushort Mss { get; init; } = 1460;

    public ushort Port { get; init; }

    public UInt128 Address { get; init; }

    public ulong Mac { get; init; }

    /// <summary>As the register map lays it out.</summary>
    public Image ToImage() => new("listener")
    {
        ["enabled"] = Enabled ? 1u : 0,
        ["action"] = (uint)Action,
        ["mode"] = Adopt ? 1u : 0,
        ["backlog"] = Backlog,
        ["host_lost"] = (uint)HostLost,
        ["reset_unknown"] = ResetUnknown ? 1u : 0,
        ["reset_data"] = ResetData ? 1u : 0,
        ["timestamps"] = Timestamps ? 1u : 0,
        ["sack"] = Sack ? 1u : 0,
        ["window_scaling"] = WindowScaling ? 1u : 0,
        ["window_scale"] = WindowScale,
        ["any_port"] = AnyPort ? 1u : 0,
        ["tagged"] = Tagged ? 1u : 0,
        ["vlan"] = Vlan,
        ["window"] = Window,
        ["mss"] = Mss,
        ["port"] = Port,
        ["address"] = Address,
        ["mac"] = Mac,
    };
}
