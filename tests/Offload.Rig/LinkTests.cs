using System.Diagnostics;
using Offload.Boards;
using Offload.Connections;
using Offload.Links;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Rig;

/// <summary>What every link to a board does, whatever the bus.</summary>
public sealed class LinkTests
{
    private const double Longest = 600e6; // µs; how fast an emulated or busy machine is says nothing of the board
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [BoardFact]
    public async Task A_burst_reads_what_single_reads_do()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        uint[] burst = new uint[16];
        await board.Link.ReadAsync(RegisterMap.Identity.Magic.Address, burst);
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, burst[0]);
        Assert.Equal(RegisterMap.HashBytes.ToArray(), System.Runtime.InteropServices.MemoryMarshal.AsBytes(burst.AsSpan(2, 8)).ToArray());
        for (int i = 0; i < burst.Length; i++)
        {
            Assert.Equal(burst[i], await ReadAsync(board.Link, RegisterMap.Identity.Magic.Address + ((uint)i * 4)));
        }
    }

    [BoardFact]
    public async Task What_is_written_is_read_back_in_its_place()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        uint first = RegisterMap.Command.Key.Address;
        uint[] pattern = [.. Enumerable.Range(0, 9).Select(i => 0x01010101u * (uint)(i + 1))];
        await board.Link.WriteAsync(first, pattern);
        uint[] back = new uint[pattern.Length];
        await board.Link.ReadAsync(first, back);
        Assert.Equal(pattern, back);
        await board.Link.WriteAsync(first + 4, new uint[] { 0xDEADBEEF });
        Assert.Equal([pattern[0], 0xDEADBEEF, pattern[2]], new[] { await ReadAsync(board.Link, first), await ReadAsync(board.Link, first + 4), await ReadAsync(board.Link, first + 8) });
    }

    [BoardFact]
    public async Task Every_bit_of_a_register_goes_both_ways()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        for (int bit = 0; bit < 32; bit++)
        {
            await board.Link.WriteAsync(RegisterMap.Isn.FixedValue.Address, new[] { 1u << bit });
            Assert.Equal(1u << bit, await ReadAsync(board.Link, RegisterMap.Isn.FixedValue.Address));
        }
    }

    [BoardFact]
    public async Task A_register_of_all_ones_is_no_board_that_is_gone()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        uint address = RegisterMap.Isn.FixedValue.Address;
        await board.Link.WriteAsync(address, new[] { uint.MaxValue });
        Assert.Equal(uint.MaxValue, await ReadAsync(board.Link, address));
        await board.Link.WriteAsync(address, new[] { 0u });
        Assert.Equal(0u, await ReadAsync(board.Link, address));
    }

    [BoardFact]
    public async Task An_access_that_the_core_refuses_is_an_error_and_the_next_one_works()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        uint magic = RegisterMap.Identity.Magic.Address;
        foreach (Func<Task> refused in new Func<Task>[]
        {
            async () => await ReadAsync(board.Link, 0xFFFC),
            async () => await board.Link.WriteAsync(magic, new[] { 1u }),
            async () => await board.Link.WriteAsync(0xFFF8, new[] { 1u, 2u }),
        })
        {
            OffloadException exception = await Assert.ThrowsAsync<OffloadException>(refused);
            Assert.Equal(OffloadError.LinkFault, exception.Code);
            Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(board.Link, magic));
        }

        await Assert.ThrowsAsync<ArgumentException>(async () => await ReadAsync(board.Link, 2));
    }

    [BoardFact]
    public async Task Behind_an_access_that_fails_nothing_of_the_burst_is_written()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        uint address = RegisterMap.Control.InterruptStatus.Address; // read only; the register behind it is not
        Assert.Equal(RegisterMap.Control.InterruptCoalesce.Address, address + 4);
        OffloadException exception = await Assert.ThrowsAsync<OffloadException>(async () => await board.Link.WriteAsync(address, new[] { 1u, 77u }));
        Assert.Equal(OffloadError.LinkFault, exception.Code);
        Assert.Equal(0u, await ReadAsync(board.Link, address + 4));
    }

    [BoardFact(Needs.Bus)]
    public async Task A_board_is_opened_once_and_again_after_it_was_closed()
    {
        BoardProvider provider = RigBoard.ProviderOf(new());
        BoardDescription description = await RigBoard.DescriptionAsync(provider);
        await using (BoardHardware board = await provider.OpenAsync(description))
        {
            OffloadException busy = await Assert.ThrowsAsync<OffloadException>(async () => await provider.OpenAsync(description));
            Assert.Equal(OffloadError.BoardBusy, busy.Code);
            Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(board.Link, 0));
        }

        await using BoardHardware again = await provider.OpenAsync(description);
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(again.Link, 0));
    }

    [BoardFact]
    public async Task After_dispose_nothing_is_read()
    {
        BoardHardware board = await RigBoard.OpenHardwareAsync();
        await board.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ReadAsync(board.Link, 0));
    }

    [BoardFact]
    public async Task Figures_of_the_link()
    {
        await using (BoardHardware board = await RigBoard.OpenHardwareAsync())
        {
            uint[] words = new uint[25];
            List<double> times = [];
            for (int i = 0; i < 200; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await board.Link.ReadAsync(RegisterMap.TableRead.Entry.Address, words);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            RigReport.Sample("link: a burst of 25 words", "µs", times, 0, Longest);
            RigReport.Measure("link: words a second in bursts of 25", "1/s", times.Count * words.Length / times.Sum() * 1e6, 0.01, 1e9);
        }

        await using RigBoard test = await RigBoard.OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(47788));
        List<double> answers = [];
        for (int i = 0; i < 50; i++)
        {
            answers.Add((await test.AnswerTimeAsync(listener, 20000 + i)).TotalMicroseconds);
        }

        RigReport.Sample("handshake: SYN to SYN,ACK at the peer", "µs", answers, 0, Longest);
        ConnectionSnapshot snapshot = new();
        long begin = Stopwatch.GetTimestamp();
        await test.Board.Connections.SnapshotAsync(snapshot);
        RigReport.Measure("table: snapshot of 50 entries", "ms", Stopwatch.GetElapsedTime(begin).TotalMilliseconds, 0, Longest / 1e3);
        Assert.Equal(50, snapshot.Count);
    }

    [BoardFact(Needs.Faults)]
    public async Task A_board_that_vanishes_is_gone_and_can_be_opened_again()
    {
        await using (BoardHardware board = await RigBoard.OpenHardwareAsync())
        {
            Task waiting = board.Link.WaitForInterruptAsync().AsTask();
            await Faults.VanishAsync();
            await Assert.ThrowsAsync<BoardGoneException>(async () => await ReadAsync(board.Link, 0));
            await Assert.ThrowsAsync<BoardGoneException>(() => waiting.WaitAsync(Patience));
            await Faults.ReturnAsync();

            // Still gone for this link: what is there now need not be what was there before.
            await Assert.ThrowsAsync<BoardGoneException>(async () => await ReadAsync(board.Link, 0));
        }

        await using BoardHardware again = await RigBoard.OpenHardwareAsync();
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(again.Link, 0));
    }

    [BoardFact(Needs.Faults | Needs.Pcie)]
    public async Task A_function_that_vanishes_in_a_burst_gives_no_wrong_word()
    {
        for (int after = 0; after < 12; after += 3)
        {
            await using BoardHardware board = await RigBoard.OpenHardwareAsync();
            uint[] words = [.. Enumerable.Repeat(0x12345678u, 8)];
            await Faults.VanishAsync(after);
            if (after < 9)
            {
                await Assert.ThrowsAsync<BoardGoneException>(async () => await board.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, words));
                Assert.All(words, word => Assert.Equal(0u, word));
            }
            else
            {
                // 8 words and the status were still there.
                await board.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, words);
                Assert.Equal(RegisterMap.HashBytes.ToArray(), System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()).ToArray());
            }

            await Faults.ReturnAsync();
        }
    }

    [BoardFact(Needs.Faults | Needs.Pcie)]
    public async Task A_function_that_was_away_between_two_accesses_is_noticed()
    {
        await using BoardHardware board = await RigBoard.OpenHardwareAsync();
        _ = await ReadAsync(board.Link, 0);
        await Faults.VanishAsync();
        await Faults.ReturnAsync();
        OffloadException exception = await Assert.ThrowsAsync<OffloadException>(async () => await ReadAsync(board.Link, 0));
        Assert.Equal(OffloadError.LinkFault, exception.Code);
    }

    [BoardFact(Needs.Faults)]
    public async Task A_board_that_vanishes_under_its_holder_ends_every_subscription()
    {
        await using RigBoard test = await RigBoard.OpenAsync();
        ConnectionSubscription subscription = await test.Board.Connections.SubscribeAsync();
        Task<ConnectionEvent> waiting = subscription.ReadAsync().AsTask();
        await Faults.VanishAsync();
        try
        {
            await Assert.ThrowsAsync<BoardGoneException>(async () => await test.Board.Counters.SnapshotAsync());
            await Assert.ThrowsAsync<BoardGoneException>(() => waiting.WaitAsync(Patience));
        }
        finally
        {
            await Faults.ReturnAsync();
        }
    }

    [BoardFact(Needs.Faults | Needs.Interrupts | Needs.Pcie)]
    public async Task In_a_storm_of_interrupts_everything_still_works()
    {
        await using RigBoard test = await RigBoard.OpenAsync();
        Listener listener = await test.Board.Listeners.AddAsync(test.ListenerOn(47788));
        await using ConnectionSubscription events = await test.Board.Connections.SubscribeAsync();
        Task<string> storm = Faults.StormAsync(50000);
        ConnectionKey key = await test.EstablishAsync(listener, 20000);
        Assert.Equal(key, (await events.ReadAsync().AsTask().WaitAsync(Patience)).Connection.Key);
        Assert.Equal("50000", await storm);
        ConnectionKey other = await test.EstablishAsync(listener, 20001);
        Assert.Equal(other, (await events.ReadAsync().AsTask().WaitAsync(Patience)).Connection.Key);
    }

    private static async Task<uint> ReadAsync(RegisterLink link, uint address)
    {
        uint[] word = new uint[1];
        await link.ReadAsync(address, word);
        return word[0];
    }
}
