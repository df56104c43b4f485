namespace Offload.Engine.Tests.Model;

/// <summary>K2: a full table, and who makes room in it for a connection that comes with a cookie.</summary>
internal sealed partial class TcpModel
{
    /// <summary>
    /// While cookies are out, the engine makes room before they come back: it keeps so many entries free, as long as there is somebody to go. When it
    /// does so is its own choice, and taken from it; who has to go is the rule's.
    /// </summary>
    private const int Reserve = 8;

    /// <summary>Somebody has to go, and somebody can.</summary>
    public bool OwesRoom => CookiesAreOut && Table.Count + Reserve > Settings.Capacity && fault != Fault.FullEvictsNobody && Oldest().Count > 0;

    /// <summary>What happens in a table so full hangs on frames that are still under way.</summary>
    public bool RoomInDoubt(int underWay) => Table.Count + underWay + 1 + Reserve >= Settings.Capacity;

    /// <summary>The connections one of which has to go next: half-open ones, else those in TIME-WAIT, else the host's; the oldest of them.</summary>
    public List<Connection> Oldest()
    {
        int best = Table.Values.Select(ClassOf).DefaultIfEmpty(3).Min();
        List<Connection> some = [.. Table.Values.Where(connection => best < 3 && ClassOf(connection) == best)];
        ulong Age(Connection connection) => (Time - connection.Created) & 0xFFFF_FFFF_FFFF;
        ulong age = some.Count == 0 ? 0 : fault == Fault.FullEvictsYoungest ? some.Min(Age) : some.Max(Age);
        return [.. some.Where(connection => Age(connection) == age)];
    }

    /// <summary>The engine lets this connection go. False: it must not, or another is older.</summary>
    public bool Evict(Flow flow)
    {
        if (!OwesRoom || Oldest().Find(connection => connection.Flow == flow) is not Connection gone)
        {
            return false;
        }

        Free(gone, Ending.Evicted, "closed_evicted");
        return true;
    }

    /// <summary>Makes room as an engine does; those who went.</summary>
    public List<Flow> MakeRoom()
    {
        List<Flow> gone = [];
        while (OwesRoom)
        {
            gone.Add(Oldest()[0].Flow);
            _ = Evict(gone[^1]);
        }

        return gone;
    }

    private int ClassOf(Connection connection) => connection switch
    {
        { State: State.SynReceived, Origin: Origin.Syn } => fault == Fault.FullEvictsHostsFirst ? 2 : 0,
        { State: State.TimeWait } => 1,
        { Owner: Owner.Host } => fault == Fault.FullEvictsHostsFirst ? 0 : 2,
        _ => 3,
    };
}
