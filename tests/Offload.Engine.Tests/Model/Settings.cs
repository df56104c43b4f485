using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>How initial sequence numbers are made.</summary>
internal enum IsnSource
{
    Rfc6528,
    Counter,
    Fixed,
    Cookie,
}

/// <summary>What the host has configured, with the register map's defaults.</summary>
internal sealed record Settings
{
    public bool Enabled { get; init; } = true;

    public bool TestEnable { get; init; }

    public byte Epoch { get; init; }

    public IsnSource IsnSource { get; init; }

    public uint FixedIsn { get; init; }

    /// <summary>16 bytes.</summary>
    public IReadOnlyList<byte> IsnKey { get; init; } = new byte[16];

    /// <summary>Bits of the placement hash, 11 words; decides nothing that can be seen.</summary>
    public IReadOnlyList<uint> PlacementKey { get; init; } = [.. Enumerable.Range(1, 11).Select(i => (uint)i * 0x9E3779B9)];

    /// <summary>In ticks of 1.024 ms, as all times here.</summary>
    public uint RtoInitial { get; init; } = 977;

    public uint RtoMax { get; init; } = 117188;

    public int SynAckRetries { get; init; } = 5;

    public int SynRetries { get; init; } = 6;

    public uint FinTimeout { get; init; } = 58594;

    public uint TimeWait { get; init; } = 58594;

    public uint AdoptionTimeout { get; init; } = 9766;

    /// <summary>0: a connection of the host's is watched without end.</summary>
    public uint WatchIdle { get; init; }

    /// <summary>0: no heartbeat is asked for.</summary>
    public uint HeartbeatTimeout { get; init; }

    /// <summary>16 bytes, committed before the engine is switched on; null for none.</summary>
    public IReadOnlyList<byte>? CookieKey { get; init; }

    /// <summary>Cookies are sent while more connections than this are half open.</summary>
    public uint CookieThreshold { get; init; } = 131071;

    /// <summary>Tokens of a full bucket of cookies; 0: no limit.</summary>
    public byte CookieTokens { get; init; }

    public byte CookieRefillShift { get; init; }

    /// <summary>Frames that can wait for adoption: what the Verilated core was built with.</summary>
    public int ParkSlots { get; init; } = Repository.BoardParameter("PARK_SLOTS");

    public int OrphanRetries { get; init; } = 8;

    public uint AckInterval { get; init; } = 489;

    public byte HopLimit { get; init; } = 64;

    public byte Dscp { get; init; }

    /// <summary>Tokens of a full bucket; a bucket gains one every 2^RefillShift µs on average.</summary>
    public byte ResetTokens { get; init; } = 255;

    public byte ResetRefillShift { get; init; }

    /// <summary>In microseconds. Short, so that a time-out fires as soon as the time has been set.</summary>
    public uint SweepPeriod { get; init; } = 1;

    /// <summary>Slot by slot.</summary>
    public IReadOnlyList<EndPoint> Listeners { get; init; } = [];

    public int Capacity { get; init; } = Repository.BoardParameter("CONNECTIONS");

    public int MaximumFrame { get; init; } = 1522;
}
