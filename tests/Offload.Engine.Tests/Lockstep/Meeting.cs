using Offload.Engine.Tests.Frames;
using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>A frame or a command that is given to an engine together with others.</summary>
internal sealed record Guest
{
    public byte[]? Frame { get; init; }

    public Port Port { get; init; }

    public bool Bad { get; init; }

    /// <summary>The command, where it is one.</summary>
    public Order? Order { get; init; }

    /// <summary>The connection that it is about.</summary>
    public Flow Flow { get; init; }

    public Arguments Arguments { get; init; } = Arguments.None;

    /// <summary>At most so many clocks the frames before the command have had when it comes.</summary>
    public uint Pause { get; init; }

    /// <summary>At most so many the command has had when the frames behind it come.</summary>
    public uint Later { get; init; }
}

/// <summary>
/// Frames of both ports and a command that meet in the engine. Which of them comes first there cannot be known from outside. So the engine is asked:
/// it shows the order in which events left its pipeline, and the model follows. That order is not believed beyond what it says: it has to name every
/// frame that reaches the engine once, a port's frames come in the order in which they were given, and what each of them did is the model's to say.
/// Two things more are taken from the engine, for only it knows how far a RELEASE was: see <see cref="TcpModel.TookSlot"/> and
/// <see cref="TcpModel.Drained"/>.
/// </summary>
internal sealed class Meeting(TcpModel model)
{
    /// <summary>So many fit into the queues in front of the pipeline, whatever they wait for.</summary>
    public const int Most = 40;

    private readonly TcpModel _scout = model.Copy();
    private readonly bool _cookiesAreOut = model.CookiesAreOut;
    private readonly List<Guest> _guests = [];
    private CommandStep? _command;

    public int Count => _guests.Count;

    /// <summary>Connections that the guests are about.</summary>
    public HashSet<Flow> Flows { get; } = [];

    /// <summary>Adds a step to those that meet. False: it has to wait until they are done.</summary>
    public bool Invite(Step step)
    {
        bool flushes = (step as CommandStep ?? _command)?.Order == (int)Order.Flush;
        if (_guests.Count >= Most || (_command is not null && step is CommandStep)
            || (flushes && Runner.IsInDoubt(model, _guests.Count + 2)) // what a FLUSH frees is there until its walk has come to it
            || (_guests.Count > 0 && (Runner.IsInDoubt(_scout, _guests.Count + 2) || _scout.CookiesAreOut != _cookiesAreOut))
            || ((step as CommandStep ?? _command) is not null && !_scout.CookiesAreSettled(flushes)))
        {
            return false;
        }

        switch (step)
        {
            case SegmentStep segment:
                Flow flow = World.Flows[segment.Flow];
                _scout.Table.TryGetValue(flow, out Connection? connection);
                Add(flow, segment.FromHost, segment.ToFrame(flow, connection, _scout.SentCookies.GetValueOrDefault(flow)), segment.Damage == Damage.Marked);
                return true;
            case IcmpStep icmp:
                _scout.Table.TryGetValue(World.Flows[icmp.Flow], out Connection? quoted);
                Add(World.Flows[icmp.Flow], fromHost: false, icmp.ToFrame(World.Flows[icmp.Flow], quoted), bad: false);
                return true;
            case FrameStep frame:
                Add(null, frame.FromHost, Hex.Parse(frame.Bytes), frame.Marked);
                return true;
            case CommandStep command:
                Flow named = World.Flows[command.Flow];
                _scout.Table.TryGetValue(named, out Connection? known);
                Arguments arguments = command.ToArguments(known);
                _guests.Add(new Guest { Order = (Order)command.Order, Flow = named, Arguments = arguments, Pause = (uint)command.Pause, Later = (uint)command.Later });
                Flows.Add(named);
                _ = _scout.Command((Order)command.Order, named, arguments);
                _command = command;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Lets them meet, in the engine and then in the model. Null: nothing differs so far; what left has yet to be compared.</summary>
    public string? Take(Target target)
    {
        (List<Happening> order, (OrderStatus Status, Image? Answer)? coreAnswer) = target.Meet(_guests);
        List<Connection> toFlush = _command?.Order != (int)Order.Flush ? []
            : [.. model.Table.Values.Where(connection => TcpModel.IsFlushed(connection, _guests.First(guest => guest.Order is not null).Arguments))];
        var net = new Queue<Guest>(_guests.Where(guest => guest.Frame is not null && guest.Port == Port.Net));
        var host = new Queue<Guest>(_guests.Where(guest => guest.Frame is not null && guest.Port == Port.Host));
        Guest? command = _guests.FirstOrDefault(guest => guest.Order is not null);
        (OrderStatus Status, Image? Answer)? answer = null;
        bool drains = false;
        foreach (Happening happening in order)
        {
            model.TookSlot = happening.Parked;
            bool known = happening.Kind switch
            {
                EventKind.Net => Arrive(Next(net)),
                EventKind.Host => Arrive(Next(host)),
                EventKind.Command => command is not null && answer is null && !drains && Begin(command, ref answer, ref drains),
                EventKind.Drained => drains && answer is null && Drain(command!, happening, ref answer),
                EventKind.Flush => command?.Order == Order.Flush && Flush(command, happening),
                EventKind.Evict => !happening.Freed, // Frames and commands do not meet in a table that is nearly full.
                _ => true,
            };
            model.TookSlot = null;
            if (!known)
            {
                return $"  order: {happening} cannot be here\n";
            }
        }

        if (Next(net) is not null || Next(host) is not null)
        {
            return "  order: a frame never came through\n";
        }

        if (command is null)
        {
            return null;
        }

        answer ??= command.Order == Order.Flush || !Enum.IsDefined(command.Order!.Value) ? (command.Order == Order.Flush ? OrderStatus.Ok : OrderStatus.Invalid, null) : null;
        if (toFlush.Find(connection => model.Table.TryGetValue(connection.Flow, out Connection? now) && now == connection) is Connection left)
        {
            return $"  FLUSH left {left.Flow}\n";
        }

        if (answer is null)
        {
            return $"  order: {command.Order} never came through\n";
        }

        return Runner.CompareAnswers(command.Order!.Value, answer.Value, coreAnswer!.Value);
    }

    private void Add(Flow? flow, bool fromHost, byte[] bytes, bool bad)
    {
        _guests.Add(new Guest { Frame = bytes, Bad = bad, Port = fromHost ? Port.Host : Port.Net });
        if (flow is Flow about)
        {
            Flows.Add(about);
        }

        if (fromHost)
        {
            _scout.FromHost(bytes, bad);
        }
        else
        {
            _scout.FromNet(bytes, bad);
        }
    }

    /// <summary>The next frame that becomes an event; the model learns of those before it, which end at the port.</summary>
    private Guest? Next(Queue<Guest> queue)
    {
        while (queue.TryDequeue(out Guest? guest))
        {
            if (model.Reaches(guest.Frame!, guest.Bad))
            {
                return guest;
            }

            _ = Arrive(guest);
        }

        return null;
    }

    private bool Arrive(Guest? guest)
    {
        if (guest?.Port == Port.Host)
        {
            model.FromHost(guest.Frame!, guest.Bad);
        }
        else if (guest is not null)
        {
            model.FromNet(guest.Frame!, guest.Bad);
        }

        return guest is not null;
    }

    private bool Begin(Guest command, ref (OrderStatus Status, Image? Answer)? answer, ref bool drains)
    {
        drains = command.Order == Order.Release && model.BeginRelease(command.Flow, command.Arguments);
        answer = drains ? null : model.Command(command.Order!.Value, command.Flow, command.Arguments);
        return true;
    }

    private bool Drain(Guest command, Happening happening, ref (OrderStatus Status, Image? Answer)? answer)
    {
        Image? drained = model.Drained(command.Flow, command.Arguments, happening.Again ? happening.RcvNxt : null);
        answer = happening.Again ? null : (OrderStatus.Ok, drained);
        return drained is not null;
    }

    private bool Flush(Guest command, Happening happening)
    {
        if (happening.Flow is Flow flow && model.Table.TryGetValue(flow, out Connection? connection))
        {
            model.Flush(connection, command.Arguments);
            return true;
        }

        return happening.Flow is null;
    }
}
