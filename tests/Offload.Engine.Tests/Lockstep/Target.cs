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

    /// <summary>
    /// Frames of both ports and at most one command, given without waiting for any of them, and worked on until nothing is left. Gives the order in
    /// which the engine did, and how the command ended.
    /// </summary>
    public abstract (List<Happening> Order, (OrderStatus Status, Image? Answer)? Answer) Meet(IReadOnlyList<Guest> guests);

    /// <summary>Who had to make room since this was last asked, in order, once nothing is under way; null where the table never gets full.</summary>
    public virtual List<Flow>? TakeEvictions() => null;

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
    private readonly Core _core;
    private readonly bool _small;

    /// <summary>The core itself, for what only it has.</summary>
    public Core Core => _core;

    /// <param name="settings">What the core is configured to.</param>
    /// <param name="readAnswersEvery">See <see cref="Core.ReadAnswersEvery"/>.</param>
    /// <param name="built">Another core than the virtual board's, or than the small one where the settings say so.</param>
    public CoreTarget(Settings settings, int readAnswersEvery = 1, BuiltCore? built = null)
    {
        _small = settings.Capacity == BuiltCore.SmallCapacity;
        _core = new Core((_small ? BuiltCore.Small : built)?.Native);
        _core.Configure(settings);
        _core.ReadAnswersEvery(readAnswersEvery);
        _core.WatchOrder(_small);
    }

    public override void SetTime(ulong microseconds) => _core.SetTime(microseconds);

    public override void Send(Port port, byte[] frame, bool bad) => _core.Send(port, frame, bad);

    public override Output Collect()
    {
        _core.Settle();
        return Collect(_core.TakeEvents);
    }

    public override Output CollectQuickly()
    {
        _core.Finish();
        return Collect(_core.TakeEventsQuickly);
    }

    public override List<Image>? Peek() => _core.PeekEntries();

    public override (OrderStatus Status, Image? Answer) Command(Order order, Flow flow, Arguments? with = null) =>
        _core.Command(order, flow, with);

    public override (List<Happening> Order, (OrderStatus Status, Image? Answer)? Answer) Meet(IReadOnlyList<Guest> guests)
    {
        // Arguments go to their registers before the frames come; then one write lets the command go, while frames stand in all of the pipeline.
        Guest? command = guests.FirstOrDefault(guest => guest.Order is not null);
        if (command is not null)
        {
            _core.Prepare(command.Flow, command.Arguments);
        }

        _core.WatchOrder(true);
        (OrderStatus Status, Image? Answer)? answer = null;
        foreach (Guest guest in guests)
        {
            if (guest.Frame is not null)
            {
                _core.Send(guest.Port, guest.Frame, guest.Bad);
            }
            else
            {
                _core.Run(guest.Pause);
                _core.Go(guest.Order!.Value);
                _core.Run(guest.Later);
            }
        }

        _core.Settle();
        if (command is not null)
        {
            answer = _core.Answer() ?? throw new InvalidOperationException($"{command.Order} is never answered");
        }

        List<Happening> order = _core.TakeOrder();
        _core.WatchOrder(_small);
        return (order, answer);
    }

    public override List<Flow>? TakeEvictions()
    {
        if (!_small)
        {
            return null;
        }

        _core.Settle();
        return [.. _core.TakeOrder().Where(happening => happening is { Kind: EventKind.Evict, Freed: true }).Select(happening => happening.Flow!.Value)];
    }

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
