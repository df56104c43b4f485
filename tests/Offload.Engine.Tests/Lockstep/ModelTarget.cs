using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>A model in the core's place.</summary>
internal sealed class ModelTarget(Settings settings, Fault fault = Fault.None) : Target
{
    private readonly TcpModel _engine = new(settings, fault);
    private readonly Random _random = new(settings.Epoch);

    public override void SetTime(ulong microseconds) => _engine.AdvanceTo(microseconds);

    public override void Send(Port port, byte[] frame, bool bad)
    {
        if (port == Port.Net)
        {
            _engine.FromNet(frame, bad);
        }
        else
        {
            _engine.FromHost(frame, bad);
        }
    }

    public override Output Collect() => _engine.TakeOutput();

    public override (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null) =>
        _engine.Command(order, flow, with);

    /// <summary>Whoever comes first is left to chance; only the frames of one port keep their order.</summary>
    public override (List<Happening> Order, (OrderStatus Status, Image? Answer)? Answer) Meet(IReadOnlyList<Guest> guests)
    {
        var order = new List<Happening>();
        var net = new Queue<Guest>(guests.Where(guest => guest.Frame is not null && guest.Port == Port.Net));
        var host = new Queue<Guest>(guests.Where(guest => guest.Frame is not null && guest.Port == Port.Host));
        Guest? command = guests.FirstOrDefault(guest => guest.Order is not null);
        (OrderStatus Status, Image? Answer)? answer = null;
        List<Flow>? toFlush = null;
        bool drains = false;
        while (net.Count + host.Count > 0 || command is not null)
        {
            int turn = _random.Next(3);
            if (turn == 0 && command is not null)
            {
                if (drains)
                {
                    (bool again, Image? drained) = Drain(command);
                    order.Add(new Happening(EventKind.Drained, command.Flow, again, RcvNxt: (uint)(drained?["rcv_nxt"] ?? 0)));
                    answer = again ? null : (OrderStatus.Ok, drained);
                }
                else if (command.Order == Order.Flush)
                {
                    toFlush ??= [.. _engine.Table.Keys];
                    answer = toFlush.Count == 0 ? (OrderStatus.Ok, null) : null;
                    if (toFlush.Count > 0 && _engine.Table.TryGetValue(toFlush[^1], out Connection? flushed))
                    {
                        _engine.Flush(flushed, command.Arguments);
                        order.Add(new Happening(EventKind.Flush, toFlush[^1]));
                    }

                    toFlush.RemoveRange(Math.Max(0, toFlush.Count - 1), Math.Min(1, toFlush.Count));
                }
                else
                {
                    drains = command.Order == Order.Release && _engine.BeginRelease(command.Flow, command.Arguments);
                    answer = drains ? null : _engine.Command(command.Order!.Value, command.Flow, command.Arguments);
                    if (Enum.IsDefined(command.Order!.Value))
                    {
                        order.Add(new Happening(EventKind.Command, command.Flow));
                    }
                }

                command = answer is null ? command : null;
            }
            else if (turn == 1 && net.TryDequeue(out Guest? fromNet))
            {
                ulong parked = _engine.Counters["parked"];
                _engine.FromNet(fromNet.Frame!, fromNet.Bad);
                if (_engine.Reaches(fromNet.Frame!, fromNet.Bad))
                {
                    order.Add(new Happening(EventKind.Net, null, Parked: _engine.Counters["parked"] != parked));
                }
            }
            else if (turn == 2 && host.TryDequeue(out Guest? fromHost))
            {
                _engine.FromHost(fromHost.Frame!, fromHost.Bad);
                if (_engine.Reaches(fromHost.Frame!, fromHost.Bad))
                {
                    order.Add(new Happening(EventKind.Host, null));
                }
            }
        }

        return (order, answer);
    }

    public override List<Flow>? TakeEvictions() => _engine.MakeRoom();

    public override void Listen(int slot, EndPoint listener) =>
        _engine.Settings = _engine.Settings with { Listeners = [.. _engine.Settings.Listeners.Select((old, i) => i == slot ? listener : old)] };

    public override void Beat() => _engine.Beat();

    public override void CommitCookieKey(IReadOnlyList<byte> key) => _engine.CommitCookieKey(key);

    public override List<Image> Entries() => [.. _engine.Table.Values.Select(connection => connection.ToImage())];

    public override IReadOnlyDictionary<string, ulong> Counters() => _engine.Counters;

    /// <summary>All that waits leaves, or only a part of it, as if the rest had come too late for this time.</summary>
    private (bool Again, Image? Drained) Drain(Guest command)
    {
        int waiting = _engine.Table[command.Flow].Waiting.Count;
        bool again = waiting > 1 && _random.Next(2) == 0;
        uint? rcvNxt = again ? TcpModel.EndOf(_engine.Table[command.Flow], _random.Next(1, waiting)) : null;
        return (again, _engine.Drained(command.Flow, command.Arguments, rcvNxt));
    }
}
