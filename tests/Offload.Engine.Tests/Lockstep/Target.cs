using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>An engine that the lock-step drives: the Verilated core, or the model itself to test the lock-step.</summary>
internal abstract class Target : IDisposable
{
    public abstract void SetTime(ulong microseconds);

    public abstract void Send(Port port, byte[] frame, bool bad);

    /// <summary>Everything that was sent has been worked on.</summary>
    public abstract Output Collect();

    /// <summary>The same by the quickest way there is; registers that show it otherwise are left aside.</summary>
    public virtual Output CollectQuickly() => Collect();

    /// <summary>All entries at no cost; null where only READ gives them.</summary>
    public virtual List<Image>? Peek() => null;

    public abstract (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null);

    public abstract void Listen(int slot, EndPoint listener);

    /// <summary>The host's heart beats.</summary>
    public abstract void Beat();

    public abstract void CommitCookieKey(IReadOnlyList<byte> key);

    /// <summary>Everything that was sent so far has had its effect.</summary>
    public virtual void Settle()
    {
    }

    public abstract List<Image> Entries();

    public abstract IReadOnlyDictionary<string, ulong> Counters();

    public virtual void Dispose()
    {
    }
}

/// <summary>The Verilated core.</summary>
internal class CoreTarget : Target
{
    private readonly Core _core = new();

    /// <summary>The core itself, for what only it has.</summary>
    public Core Core => _core;

    public CoreTarget(Settings settings) => _core.Configure(settings);

    public override void SetTime(ulong microseconds) => _core.SetTime(microseconds);

    public override void Send(Port port, byte[] frame, bool bad) => _core.Send(port, frame, bad);

    public override Output Collect() => Collect(_core.TakeEvents);

    public override Output CollectQuickly() => Collect(_core.TakeEventsQuickly);

    public override List<Image>? Peek() => _core.PeekEntries();

    public override (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null) =>
        _core.Command(order, flow, with);

    public override void Listen(int slot, EndPoint listener) => _core.Listen(slot, listener);

    public override void Beat() => _core.Beat();

    public override void CommitCookieKey(IReadOnlyList<byte> key) => _core.CommitCookieKey(key);

    public override void Settle() => _core.Settle();

    public override List<Image> Entries() => [.. _core.Table().Values];

    public override IReadOnlyDictionary<string, ulong> Counters() => _core.Counters();

    public sealed override void Dispose()
    {
        _core.Dispose();
        base.Dispose();
    }

    private Output Collect(Func<List<Image>> takeEvents)
    {
        _core.Settle();
        var output = new Output();
        output.Net.AddRange(_core.ReceiveAll(Port.Net));
        output.Host.AddRange(_core.ReceiveAll(Port.Host));
        foreach (Image item in takeEvents())
        {
            item["index"] = 0;
            output.Events.Add(item);
        }

        return output;
    }
}

/// <summary>A model in the core's place.</summary>
internal sealed class ModelTarget(Settings settings, Fault fault = Fault.None) : Target
{
    private readonly TcpModel _engine = new(settings, fault);

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

    public override void Listen(int slot, EndPoint listener) =>
        _engine.Settings = _engine.Settings with { Listeners = [.. _engine.Settings.Listeners.Select((old, i) => i == slot ? listener : old)] };

    public override void Beat() => _engine.Beat();

    public override void CommitCookieKey(IReadOnlyList<byte> key) => _engine.CommitCookieKey(key);

    public override List<Image> Entries() => [.. _engine.Table.Values.Select(connection => connection.ToImage())];

    public override IReadOnlyDictionary<string, ulong> Counters() => _engine.Counters;
}
