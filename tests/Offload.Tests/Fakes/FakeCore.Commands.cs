using Offload.Connections;
using Offload.Registers;

namespace Offload.Tests.Fakes;

/// <summary>What a fake core does wrong on purpose, so that a test shows that it would notice.</summary>
internal enum FakeFault
{
    None,
    OpenIgnoresTheMac,
    OpenIgnoresTheSlot,
    OpenInTheEpochBefore,
    CloseInEveryState,
    AbortFreesNothing,
    TakeIgnoresTheNumbers,
    ReleaseAlwaysForgets,
    RefusalsAreTimeouts,
}

/// <content>The commands, as far as the SDK sees what they do.</content>
internal sealed partial class FakeCore
{
    public FakeFault Fault { get; set; }

    public List<byte[]> CookieKeys { get; } = [];

    public int Beats { get; private set; }

    /// <summary>Commands that were executed.</summary>
    public List<CommandCode> Commands { get; } = [];

    /// <summary>An open's SYN is answered, or never will be: SYN,ACK (null), RST or silence.</summary>
    public void AnswerOpen(ConnectionKey key, CloseReason? reason)
    {
        lock (_gate)
        {
            int index = Find(key, null);
            uint[] entry = [.. _table[index]];
            if (reason is null)
            {
                bool adopts = new ListenerLayout(_slots[new EntryLayout(entry).Listener]).Mode == ListenerMode.Adopt;
                Set(entry, "state", (uint)TcpState.Established);
                Set(entry, "owner", (uint)(adopts ? Owner.Parked : Owner.Engine));
                _table[index] = entry;
            }

            CloseReason told = Fault == FakeFault.RefusalsAreTimeouts && reason is not null ? CloseReason.TimedOut : reason ?? CloseReason.None;
            if (reason is not null)
            {
                FreeWithEvent(index, told);
                return;
            }

            Raise(Samples.Event(entry, index));
        }
    }

    /// <summary>Replaces fields of an entry.</summary>
    public void Change(ConnectionKey key, params (string Field, uint Value)[] changes)
    {
        lock (_gate)
        {
            int index = Find(key, null);
            uint[] entry = [.. _table[index]];
            foreach ((string field, uint value) in changes)
            {
                Set(entry, field, value);
            }

            _table[index] = entry;
        }
    }

    private static void Set(uint[] words, string name, UInt128 value) => EntryLayout.Fields.First(field => field.Name == name).Set(words, value);

    private int Find(ConnectionKey key, ulong? created) => _table
        .Where(pair => ConnectionWords.ReadKey(new KeyLayout(pair.Value)) == key && (created is null || new EntryLayout(pair.Value).Created == created))
        .Select(pair => pair.Key).FirstOrDefault(-1);

    private CommandStatus ExecuteOn(CommandCode code, ConnectionKey key, ulong created, uint argument, ref uint[] answer)
    {
        Commands.Add(code);
        int index = Find(key, code is CommandCode.Read or CommandCode.Open ? null : created);
        if (code == CommandCode.Open)
        {
            return Open(key, index, (int)(argument & 0xFF), ref answer);
        }

        if (index < 0)
        {
            return CommandStatus.Gone;
        }

        uint[] entry = [.. _table[index]];
        answer = entry;
        TcpState state = new EntryLayout(entry).State;
        Owner owner = new EntryLayout(entry).Owner;
        uint options = this[RegisterMap.Command.Options.Address];
        switch (code)
        {
            case CommandCode.Read:
                return CommandStatus.Ok;
            case CommandCode.Abort when owner != Owner.Draining:
                if (Fault != FakeFault.AbortFreesNothing)
                {
                    answer = FreeWithEvent(index, CloseReason.Aborted);
                }

                return CommandStatus.Ok;
            case CommandCode.Close when owner == Owner.Engine && state == TcpState.SynSent:
                answer = FreeWithEvent(index, CloseReason.Aborted);
                return CommandStatus.Ok;
            case CommandCode.Close when (owner == Owner.Engine && state is TcpState.SynReceived or TcpState.Established or TcpState.CloseWait)
                || Fault == FakeFault.CloseInEveryState:
                Set(entry, "state", (uint)(state == TcpState.CloseWait ? TcpState.LastAck : TcpState.FinWait1));
                break;
            case CommandCode.Hold when owner == Owner.Host && state is TcpState.Established or TcpState.CloseWait:
                Set(entry, "owner", (uint)Owner.Held);
                break;
            case CommandCode.Release when owner is Owner.Parked or Owner.Held:
                if ((options & 1) != 0 || Fault == FakeFault.ReleaseAlwaysForgets)
                {
                    answer = FreeWithEvent(index, CloseReason.Forgotten);
                    return CommandStatus.Ok;
                }

                Set(entry, "owner", (uint)Owner.Host);
                break;
            case CommandCode.Take when owner == Owner.Held:
                Set(entry, "owner", (uint)Owner.Engine);
                Set(entry, "origin", (uint)Origin.Take);
                Set(entry, "state", (uint)((options & 2) != 0 ? TcpState.CloseWait : TcpState.Established));
                if (Fault != FakeFault.TakeIgnoresTheNumbers)
                {
                    Set(entry, "snd_nxt", this[RegisterMap.Command.TakeSndNxt.Address]);
                    Set(entry, "snd_una", this[RegisterMap.Command.TakeSndNxt.Address]);
                    Set(entry, "rcv_nxt", this[RegisterMap.Command.TakeRcvNxt.Address]);
                    Set(entry, "our_window", this[RegisterMap.Command.TakeWindow.Address]);
                }

                break;
            default:
                return code is >= CommandCode.Close and <= CommandCode.Flush ? CommandStatus.WrongState : CommandStatus.Invalid;
        }

        _table[index] = answer = entry;
        return CommandStatus.Ok;
    }

    private CommandStatus Open(ConnectionKey key, int index, int slot, ref uint[] answer)
    {
        if (index >= 0)
        {
            answer = _table[index];
            return CommandStatus.Exists;
        }

        if (slot >= Listeners)
        {
            return CommandStatus.Invalid;
        }

        if (_table.Count == Connections)
        {
            return CommandStatus.Full;
        }

        uint[] entry = Samples.EntryUnder(IsnKey, key, ++Timebase);
        uint epoch = RegisterMap.Control.Control.Epoch.Get(this[RegisterMap.Control.Control.Address]);
        ListenerLayout profile = new(_slots[slot]);
        ulong mac = this[RegisterMap.Command.RemoteMacLow.Address] | ((ulong)this[RegisterMap.Command.RemoteMacHigh.Address] << 32);
        Set(entry, "state", (uint)TcpState.SynSent);
        Set(entry, "origin", (uint)Origin.Open);
        Set(entry, "epoch", Fault == FakeFault.OpenInTheEpochBefore ? epoch - 1 : epoch);
        Set(entry, "listener", (uint)slot);
        Set(entry, "our_window", Fault == FakeFault.OpenIgnoresTheSlot ? 0 : profile.Window);
        Set(entry, "remote_mac", Fault == FakeFault.OpenIgnoresTheMac ? 0 : mac);
        int free = Enumerable.Range(0, Connections).First(each => !_table.ContainsKey(each));
        Put(free, entry);
        answer = entry;
        return CommandStatus.Ok;
    }

    private uint[] FreeWithEvent(int index, CloseReason reason)
    {
        uint[] entry = [.. _table[index]];
        Set(entry, "state", (uint)TcpState.Closed);
        Free(index);
        uint[] words = Samples.Event(entry, index, established: false);
        EventLayout.Fields.First(field => field.Name == "closed").Set(words, 1);
        EventLayout.Fields.First(field => field.Name == "reason").Set(words, (uint)reason);
        Raise(words);
        return entry;
    }
}
