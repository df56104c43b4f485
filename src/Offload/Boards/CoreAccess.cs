using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Offload.Connections;
using Offload.Links;
using Offload.Registers;

namespace Offload.Boards;

/// <summary>The core's procedures that take several register accesses. The caller makes sure that one runs at a time.</summary>
internal sealed class CoreAccess(RegisterLink link, TimeSpan timeout)
{
    private const int SpinsBeforeDelay = 64;
    private const int EntriesPerProgram = 64;
    private const int EntriesPerAnswer = 32;

    private readonly uint[] _word = new uint[1];
    private readonly uint[] _command = new uint[((int)(RegisterMap.Command.Go.Address - RegisterMap.Command.Key.Address) / 4) + 1];
    private readonly uint[] _arguments = new uint[((int)(RegisterMap.Command.TakeWindow.Address - RegisterMap.Command.RemoteMacLow.Address) / 4) + 1];
    private readonly uint[] _counters = new uint[2 * RegisterMap.CounterCount];
    private byte _sequence;

    /// <summary>The link itself.</summary>
    public RegisterLink Link => link;

    /// <summary>Reads one register.</summary>
    public async ValueTask<uint> ReadAsync(uint address, CancellationToken cancellationToken)
    {
        await link.ReadAsync(address, _word, cancellationToken).ConfigureAwait(false);
        return _word[0];
    }

    /// <summary>Writes one register.</summary>
    public ValueTask WriteAsync(uint address, uint value, CancellationToken cancellationToken)
    {
        _word[0] = value;
        return link.WriteAsync(address, _word, cancellationToken);
    }

    /// <summary>Replaces the bits of a mask.</summary>
    public async ValueTask<uint> UpdateAsync(uint address, uint mask, uint value, CancellationToken cancellationToken)
    {
        uint word = (await ReadAsync(address, cancellationToken).ConfigureAwait(false) & ~mask) | (value & mask);
        await WriteAsync(address, word, cancellationToken).ConfigureAwait(false);
        return word;
    }

    /// <summary>A command, and the entry that it answers with.</summary>
    public async ValueTask<CommandStatus> ExecuteAsync(CommandRequest request, Memory<uint> answer, CancellationToken cancellationToken)
    {
        uint busy = RegisterMap.Command.Status.Busy.Mask;
        uint status = RegisterMap.Command.Status.Address;
        await PollAsync(status, busy, 0, "The command before this one", cancellationToken).ConfigureAwait(false);

        byte sequence = unchecked(++_sequence);
        FillCommand(request, sequence);
        if (request.HasArguments)
        {
            FillArguments(request);
            await link.WriteAsync(RegisterMap.Command.RemoteMacLow.Address, _arguments, cancellationToken).ConfigureAwait(false);
        }

        await link.WriteAsync(RegisterMap.Command.Key.Address, _command, cancellationToken).ConfigureAwait(false);
        RegisterField number = RegisterMap.Command.Status.Sequence;
        uint word = await PollAsync(status, busy | number.Mask, number.Set(0, sequence), $"Command {request.Code}", cancellationToken)
            .ConfigureAwait(false);
        await link.ReadAsync(RegisterMap.Command.Answer.Address, answer, cancellationToken).ConfigureAwait(false);
        return (CommandStatus)RegisterMap.Command.Status.Status.Get(word);
    }

    /// <summary>All entries in use, by ascending index.</summary>
    public async ValueTask ReadTableAsync(TableWords table, int connections, CancellationToken cancellationToken)
    {
        uint status = RegisterMap.TableRead.Status.Address;
        uint busy = RegisterMap.TableRead.Status.Busy.Mask;
        uint next = RegisterMap.TableRead.Go.Next.Mask;
        await PollAsync(status, busy, 0, "The table read before this one", cancellationToken).ConfigureAwait(false);
        if (link is ProgramLink programs)
        {
            // Over such a link an answer takes as long as many entries.
            uint used = await ReadAsync(RegisterMap.Control.EntriesInUse.Address, cancellationToken).ConfigureAwait(false);
            if (used * EntriesPerAnswer >= connections)
            {
                await ReadWholeTableAsync(programs, table, connections, cancellationToken).ConfigureAwait(false);
                return;
            }
        }

        for (int index = 0; index < connections;)
        {
            await WriteAsync(RegisterMap.TableRead.Go.Address, (uint)index | next, cancellationToken).ConfigureAwait(false);
            uint word = await PollAsync(status, busy, 0, "A table read", cancellationToken).ConfigureAwait(false);
            if (RegisterMap.TableRead.Status.Valid.Get(word) == 0)
            {
                return;
            }

            int found = (int)RegisterMap.TableRead.Status.Index.Get(word);
            if (found < index || found >= connections)
            {
                throw new OffloadException(
                    OffloadError.LinkFault, $"The table read from index {index} on was answered with index {found} of {connections}; the link or the core is broken.");
            }

            Memory<uint> record = table.Add(1);
            record.Span[0] = (uint)found;
            await link.ReadAsync(RegisterMap.TableRead.Entry.Address, record[1..], cancellationToken).ConfigureAwait(false);
            index = found + 1;
        }
    }

    private static async ValueTask ReadWholeTableAsync(ProgramLink link, TableWords table, int connections, CancellationToken cancellationToken)
    {
        List<LinkProgram> programs = [];
        for (int index = 0; index < connections; index += EntriesPerProgram)
        {
            programs.Add(new LinkProgram()
                .Repeat(Math.Min(EntriesPerProgram, connections - index))
                .Write(RegisterMap.TableRead.Go.Address, (uint)index)
                .Wait(RegisterMap.TableRead.Status.Address, RegisterMap.TableRead.Status.Busy.Mask, 0)
                .Read(RegisterMap.TableRead.Entry.Address, table.WordsPerEntry));
        }

        uint[] answers = new uint[connections * table.Stride];
        _ = await link.RunAsync(programs, answers, cancellationToken).ConfigureAwait(false);
        for (int index = 0; index < connections; index++)
        {
            ReadOnlySpan<uint> answer = answers.AsSpan(index * table.Stride, table.Stride);
            if (RegisterMap.TableRead.Status.Index.Get(answer[0]) != (uint)index)
            {
                throw new OffloadException(OffloadError.LinkFault, $"The table read of index {index} was answered with another; the link or the core is broken.");
            }

            if (RegisterMap.TableRead.Status.Valid.Get(answer[0]) != 0)
            {
                Span<uint> record = table.Add(1).Span;
                record[0] = (uint)index;
                answer[1..].CopyTo(record[1..]);
            }
        }
    }

    /// <summary>All counters of one instant.</summary>
    public async ValueTask ReadCountersAsync(Memory<ulong> values, CancellationToken cancellationToken)
    {
        uint busy = RegisterMap.Counter.Status.Busy.Mask;
        await PollAsync(RegisterMap.Counter.Status.Address, busy, 0, "The counter snapshot before this one", cancellationToken).ConfigureAwait(false);
        await WriteAsync(RegisterMap.Counter.Action.Address, RegisterMap.Counter.Action.Snapshot.Mask, cancellationToken).ConfigureAwait(false);
        await PollAsync(RegisterMap.Counter.Status.Address, busy, 0, "A counter snapshot", cancellationToken).ConfigureAwait(false);
        await link.ReadAsync(RegisterMap.Counter.Values.Address, _counters, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < values.Length; i++)
        {
            values.Span[i] = ((ulong)_counters[(2 * i) + 1] << 32) | _counters[2 * i];
        }
    }

    /// <summary>Writes a listener into a slot as a whole, and checks that the core took it.</summary>
    public async ValueTask<bool> CommitListenerAsync(int slot, ReadOnlyMemory<uint> words, CancellationToken cancellationToken)
    {
        await link.WriteAsync(RegisterMap.Listener.Staging.Address, words, cancellationToken).ConfigureAwait(false);
        await WriteAsync(RegisterMap.Listener.Slot.Address, (uint)slot, cancellationToken).ConfigureAwait(false);
        await WriteAsync(RegisterMap.Listener.Action.Address, RegisterMap.Listener.Action.Commit.Mask, cancellationToken).ConfigureAwait(false);
        uint[] committed = new uint[ListenerLayout.Words];
        await link.ReadAsync(RegisterMap.Listener.Committed.Address, committed, cancellationToken).ConfigureAwait(false);
        return words.Span.SequenceEqual(committed);
    }

    /// <summary>Reads what a slot has.</summary>
    public async ValueTask ReadListenerAsync(int slot, Memory<uint> words, CancellationToken cancellationToken)
    {
        await WriteAsync(RegisterMap.Listener.Slot.Address, (uint)slot, cancellationToken).ConfigureAwait(false);
        await link.ReadAsync(RegisterMap.Listener.Committed.Address, words, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets the ISN key. The caller zeroes its own copy.</summary>
    public ValueTask SetIsnKeyAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        SetKeyAsync(RegisterMap.Isn.Key.Address, RegisterMap.Isn.KeyCommit.Isn.Mask, key, cancellationToken);

    /// <summary>Sets a cookie key that nobody else ever has, from the operating system's generator. Where the core has one, the new one takes effect with
    /// the next period, so that the cookies that are under way stay valid.</summary>
    public async ValueTask SetCookieKeyAsync(CancellationToken cancellationToken)
    {
        byte[] key = GC.AllocateArray<byte>(4 * RegisterMap.Isn.CookieKey.Words, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(key);
            await SetKeyAsync(RegisterMap.Isn.CookieKey.Address, RegisterMap.Isn.KeyCommit.Cookie.Mask, key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Reads a register until the bits of a mask have a value; returns the word.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: not in time.</exception>
    public async ValueTask<uint> PollAsync(uint address, uint mask, uint expected, string what, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        long start = Stopwatch.GetTimestamp();
        for (int spins = 0; ; spins++)
        {
            uint word = await ReadAsync(address, cancellationToken).ConfigureAwait(false);
            if ((word & mask) == expected)
            {
                return word;
            }

            if (spins >= SpinsBeforeDelay)
            {
                TimeSpan limit = within ?? timeout;
                if (Stopwatch.GetElapsedTime(start) > limit)
                {
                    throw new OffloadException(
                        OffloadError.LinkFault, $"{what} did not end within {limit.TotalSeconds:0.###} s; the link or the core is broken. Load the bitstream again.");
                }

                await Task.Delay(1, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask SetKeyAsync(uint address, uint commit, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        uint[] words = GC.AllocateArray<uint>(key.Length / 4, pinned: true);
        try
        {
            for (int i = 0; i < words.Length; i++)
            {
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key.Span[(4 * i)..]);
            }

            await link.WriteAsync(address, words, cancellationToken).ConfigureAwait(false);
            await WriteAsync(RegisterMap.Isn.KeyCommit.Address, commit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            words.AsSpan().Clear();
        }
    }

    private void FillCommand(in CommandRequest request, byte sequence)
    {
        Span<uint> words = _command;
        words.Clear();
        ConnectionWords.Write(request.Key, words);
        int first = (int)RegisterMap.Command.Key.Address;
        words[((int)RegisterMap.Command.CreatedLow.Address - first) / 4] = (uint)request.CreatedMicroseconds;
        words[((int)RegisterMap.Command.CreatedHigh.Address - first) / 4] = (uint)(request.CreatedMicroseconds >> 32) & 0xFFFF;
        words[((int)RegisterMap.Command.Listener.Address - first) / 4] = request.Listener is { } slot
            ? RegisterMap.Command.Listener.Index.Set(0, slot)
            : RegisterMap.Command.Listener.All.Set(0, 1);
        words[^1] = RegisterMap.Command.Go.Sequence.Set(RegisterMap.Command.Go.Code.Set(0, (uint)request.Code), sequence);
    }

    /// <summary>Registers remote_mac_low to take_window.</summary>
    private void FillArguments(in CommandRequest request)
    {
        ConnectionTake take = request.Take;
        uint options = RegisterMap.Command.Options.Forget.Set(0, request.Forget ? 1u : 0);
        _arguments[0] = (uint)request.RemoteMac.Value;
        _arguments[1] = (uint)(request.RemoteMac.Value >> 32) & 0xFFFF;
        _arguments[2] = RegisterMap.Command.Options.PeerClosed.Set(options, take.PeerClosed ? 1u : 0);
        _arguments[3] = take.SndNxt;
        _arguments[4] = take.RcvNxt;
        _arguments[5] = take.TsVal;
        _arguments[6] = take.Window;
    }
}
