using Offload.Board.Tests.Simulation;
using Offload.Links;
using Offload.Registers;

namespace Offload.Board.Tests;

/// <summary>The SDK's link over the pins of the board's: what bends, loses or cuts bytes ends in an error, and never in a wrong access.</summary>
public sealed class LinkTests
{
    private const string Board = "versa-5g";
    private const int MostAttempts = 50;

    [Fact]
    public Task Registers_are_read_and_written_over_a_UART() => ReadAndWriteAsync("uart");

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("fifo-async")]
    [InlineData("fifo-sync")]
    public Task Registers_are_read_and_written_over_both_FIFOs(string kind) => ReadAndWriteAsync(kind);

    private static async Task ReadAndWriteAsync(string kind)
    {
        await using SimulatedBoard board = new(Board, kind);
        await using StreamRegisterLink link = await StreamRegisterLink.OpenAsync(new SimulatedStream(board), Patience.Link);
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(link, RegisterMap.Identity.Magic.Address));

        uint[] written = [.. Enumerable.Range(0, RegisterMap.Listener.Staging.Words).Select(i => 0x01010101u * (uint)(i + 1))];
        await link.WriteAsync(RegisterMap.Listener.Staging.Address, written);
        uint[] read = new uint[written.Length];
        await link.ReadAsync(RegisterMap.Listener.Staging.Address, read);
        Assert.Equal(written[..^1], read[..^1]); // the last word has bits without a field

        OffloadException nothing = await Assert.ThrowsAsync<OffloadException>(async () => await ReadAsync(link, 0xFF00));
        Assert.Equal(OffloadError.LinkFault, nothing.Code);
        OffloadException constant = await Assert.ThrowsAsync<OffloadException>(async () => await link.WriteAsync(RegisterMap.Identity.Magic.Address, new uint[] { 1 }));
        Assert.Equal(OffloadError.LinkFault, constant.Code);
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(link, RegisterMap.Identity.Magic.Address));
        Assert.Equal(0ul, board.LinkBreaches);
    }

    [Fact]
    public async Task A_program_reads_the_table_in_one_request()
    {
        const int entries = 16;
        await using SimulatedBoard board = new(Board, "uart");
        await using StreamRegisterLink link = await StreamRegisterLink.OpenAsync(new SimulatedStream(board), Patience.Link);
        uint ready = RegisterMap.Control.Status.Ready.Mask;
        _ = await link.RunAsync(new LinkProgram().Wait(RegisterMap.Control.Status.Address, ready, ready), new uint[1]);
        LinkProgram program = new LinkProgram()
            .Repeat(entries)
            .Write(RegisterMap.TableRead.Go.Address, 0u)
            .Wait(RegisterMap.TableRead.Status.Address, RegisterMap.TableRead.Status.Busy.Mask, 0)
            .Read(RegisterMap.TableRead.Entry.Address, EntryLayout.Words);
        Assert.Equal(entries * (1 + EntryLayout.Words), program.Answers);
        uint[] answers = new uint[program.Answers];
        Assert.Equal(answers.Length, await link.RunAsync(program, answers));
        for (int i = 0; i < entries; i++)
        {
            Assert.Equal((uint)i, RegisterMap.TableRead.Status.Index.Get(answers[i * (1 + EntryLayout.Words)]));
        }
    }

    [Fact]
    public async Task Noise_and_lost_bytes_end_in_an_error_and_never_in_a_wrong_access()
    {
        Random random = new(1);
        await using SimulatedBoard board = new(Board, "uart");
        SimulatedStream stream = new(board);
        StreamRegisterLinkOptions patience = Patience.Link with { AnswerTimeout = TimeSpan.FromMilliseconds(500), IdentifyAttempts = 20 };
        await using StreamRegisterLink link = await StreamRegisterLink.OpenAsync(stream, patience);
        uint address = RegisterMap.Listener.Staging.Address;
        uint last = 0;
        await WriteQuietlyAsync(link, address, last);
        int errors = 0;
        for (int round = 1; round <= 20; round++)
        {
            byte[] Bend(byte[] bytes) => random.Next(5) == 0 ? Spoil(random, bytes) : bytes;
            stream.ToBoard = Bend;
            stream.FromBoard = Bend;
            uint next = (uint)random.Next();
            HashSet<uint> possible = [last, next];
            try
            {
                await link.WriteAsync(address, new uint[] { next });
                possible.Remove(last);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault)
            {
                errors++;
            }

            try
            {
                Assert.Contains(await ReadAsync(link, address), possible);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault)
            {
                errors++;
            }

            stream.ToBoard = stream.FromBoard = bytes => bytes;
            last = await ReadQuietlyAsync(link, address);
            Assert.Contains(last, possible);
        }

        Assert.InRange(errors, 3, 40);
    }

    [Fact]
    public async Task A_cut_transfer_ends_in_an_error_and_the_link_goes_on()
    {
        await using SimulatedBoard board = new(Board, "uart");
        SimulatedStream stream = new(board);
        await using StreamRegisterLink link = await StreamRegisterLink.OpenAsync(stream, Patience.Link with { AnswerTimeout = TimeSpan.FromSeconds(3) });
        uint address = RegisterMap.Listener.Staging.Address;
        await link.WriteAsync(address, new uint[] { 7 });
        stream.ToBoard = bytes => bytes[..(bytes.Length / 2)];
        OffloadException cut = await Assert.ThrowsAsync<OffloadException>(async () => await link.WriteAsync(address, new uint[] { 8 }));
        Assert.Equal(OffloadError.LinkFault, cut.Code);
        stream.ToBoard = bytes => bytes;
        Assert.Equal(7u, await ReadAsync(link, address));
    }

    [Fact]
    public async Task A_reset_of_the_board_does_not_go_unnoticed()
    {
        await using SimulatedBoard board = new(Board, "uart");
        await using StreamRegisterLink link = await StreamRegisterLink.OpenAsync(new SimulatedStream(board), Patience.Link);
        await link.WriteAsync(RegisterMap.Listener.Staging.Address, new uint[] { 7 });
        await board.ResetAsync();
        OffloadException reset = await Assert.ThrowsAsync<OffloadException>(async () => await link.WriteAsync(RegisterMap.Listener.Staging.Address, new uint[] { 8 }));
        Assert.Equal(OffloadError.LinkFault, reset.Code);
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(link, RegisterMap.Identity.Magic.Address));
    }

    private static byte[] Spoil(Random random, byte[] bytes)
    {
        List<byte> spoilt = [.. bytes];
        int at = random.Next(spoilt.Count);
        switch (random.Next(4))
        {
            case 0:
                spoilt[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                spoilt.RemoveAt(at);
                break;
            case 2:
                spoilt.Insert(at, (byte)random.Next(256));
                break;
            default:
                spoilt.RemoveRange(at, spoilt.Count - at);
                break;
        }

        return [.. spoilt];
    }

    private static async Task WriteQuietlyAsync(StreamRegisterLink link, uint address, uint word)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await link.WriteAsync(address, new[] { word });
                return;
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault && attempt < MostAttempts)
            {
                await Task.Delay(1);
            }
        }
    }

    // What noise left behind may take one more access with it, and a machine that is busy for so long another.
    private static async Task<uint> ReadQuietlyAsync(StreamRegisterLink link, uint address)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(link, address);
            }
            catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault && attempt < MostAttempts)
            {
                await Task.Delay(1);
            }
        }
    }

    private static async Task<uint> ReadAsync(StreamRegisterLink link, uint address)
    {
        uint[] word = new uint[1];
        await link.ReadAsync(address, word);
        return word[0];
    }
}
