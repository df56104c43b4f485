using Offload.Engine.Tests.Harness;

namespace Offload.Engine.Tests.Model;

/// <summary>Commands of the host, numbered as the register map numbers them.</summary>
internal enum Order
{
    Open = 1,
    Close = 2,
    Abort = 3,
    Hold = 4,
    Release = 5,
    Take = 6,
    Read = 7,
    Flush = 8,
}

/// <summary>How a command ended.</summary>
internal enum OrderStatus
{
    Ok,
    Gone,
    WrongState,
    Invalid,
    Exists,
    Full,
}

/// <summary>What a command says beside the connection that it names. Each command looks at its own.</summary>
internal sealed record Arguments
{
    public static Arguments None { get; } = new();

    /// <summary>Creation time of the entry that is meant.</summary>
    public ulong Created { get; init; }

    /// <summary>FLUSH and OPEN.</summary>
    public int Listener { get; init; }

    /// <summary>FLUSH: all entries.</summary>
    public bool All { get; init; }

    /// <summary>OPEN: the next hop.</summary>
    public ulong RemoteMac { get; init; }

    /// <summary>RELEASE: the entry is freed.</summary>
    public bool Forget { get; init; }

    /// <summary>TAKE: the host has received the peer's FIN.</summary>
    public bool PeerClosed { get; init; }

    public uint TakeSndNxt { get; init; }

    public uint TakeRcvNxt { get; init; }

    public uint TakeTsVal { get; init; }

    public ushort TakeWindow { get; init; }
}

/// <summary>How a frame comes to a port: what the engine makes or kept and what it passes go different ways, and meet at the port.</summary>
internal enum Way
{
    /// <summary>A reply, or a frame that was parked.</summary>
    Own,

    /// <summary>Passed from the other port.</summary>
    Passed,

    /// <summary>Passed, of a connection whose parked frames have to leave first.</summary>
    Behind,
}

/// <summary>What left the engine since it was last asked.</summary>
internal sealed class Output
{
    /// <summary>Frames at the net port: replies and what the host sent.</summary>
    public List<byte[]> Net { get; } = [];

    /// <summary>Frames at the host port.</summary>
    public List<byte[]> Host { get; } = [];

    /// <summary>Ways of the frames in <see cref="Net"/>, as the model knows them.</summary>
    public List<Way> NetWays { get; } = [];

    /// <summary>Ways of the frames in <see cref="Host"/>, as the model knows them.</summary>
    public List<Way> HostWays { get; } = [];

    /// <summary>Events in the layout `event`, their index 0.</summary>
    public List<Image> Events { get; } = [];
}
