using Offload.Registers;

namespace Offload.Connections;

/// <summary>A command of the host with its arguments.</summary>
/// <param name="Code">What to do.</param>
/// <param name="Key">Which connection.</param>
/// <param name="CreatedMicroseconds">Its creation time.</param>
internal readonly record struct CommandRequest(CommandCode Code, ConnectionKey Key, ulong CreatedMicroseconds)
{
    /// <summary>FLUSH: slot whose entries are freed, null: all. OPEN: slot that says how.</summary>
    public byte? Listener { get; init; }

    /// <summary>OPEN: the next hop.</summary>
    public MacAddress RemoteMac { get; init; }

    /// <summary>RELEASE: whether the entry is freed when it is done.</summary>
    public bool Forget { get; init; }

    /// <summary>TAKE: the numbers.</summary>
    public ConnectionTake Take { get; init; }

    /// <summary>Whether it has arguments besides key, creation time and slot.</summary>
    public bool HasArguments => Code is CommandCode.Open or CommandCode.Release or CommandCode.Take;
}
