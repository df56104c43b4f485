using Offload.Board.Tests.Simulation;

namespace Offload.Board.Tests;

/// <summary>From RGMII pins to RGMII pins: a board whose engine is not on is a cable.</summary>
public sealed class PortTests
{
    private const string Versa = "versa-5g";
    private const string Colorlight = "colorlight-i9";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [Fact]
    public Task Frames_of_every_length_pass_both_ways() => PassAsync(Versa);

    [Fact]
    [Trait("Category", "Full")]
    public Task Frames_of_every_length_pass_both_ways_on_the_other_board() => PassAsync(Colorlight);

    private static async Task PassAsync(string name)
    {
        await using SimulatedBoard board = await LinkedAsync(name);
        foreach (int length in new[] { 60, 61, 64, 67, 68, 127, 512, 1514, 1522 })
        {
            byte[] there = Frame(length, 1);
            byte[] back = Frame(length, 2);
            board.Send(Port.Net, there);
            board.Send(Port.Host, back);
            Assert.Equal(there, await board.ReceiveAsync(Port.Host));
            Assert.Equal(back, await board.ReceiveAsync(Port.Net));
        }

        Assert.Equal(0ul, board.BadFrames(Port.Net) + board.BadFrames(Port.Host));
    }

    [Fact]
    public async Task A_bad_frame_goes_nowhere_and_the_next_one_passes()
    {
        await using SimulatedBoard board = await LinkedAsync();
        foreach ((LineFault fault, int length) in new[] { (LineFault.Check, 60), (LineFault.Symbol, 60), (LineFault.Check, 1000), (LineFault.Symbol, 1000), (LineFault.None, 1523), (LineFault.None, 30) })
        {
            byte[] good = Frame(100, length);
            board.Send(Port.Net, Frame(length, 3), fault);
            board.Send(Port.Net, good);
            Assert.Equal(good, await board.ReceiveAsync(Port.Host));
        }

        Assert.Equal(0ul, board.BadFrames(Port.Net) + board.BadFrames(Port.Host));
    }

    /// <summary>112 bytes and the check sequence, preamble and gap are 136 byte times, 68 clocks of the core's 62.5 MHz; it takes a frame in 66.</summary>
    [Fact]
    public Task Frames_of_112_bytes_at_the_lines_full_rate_all_pass_also_where_gaps_have_shrunk() => AtFullRateAsync(Versa, 112);

    /// <summary>200 bytes are 67.2 clocks of the core's 37.5 MHz. The longest take it 2 clocks for 8 bytes, and the line 2.4.</summary>
    [Theory]
    [Trait("Category", "Full")]
    [InlineData(200)]
    [InlineData(1522)]
    public Task Frames_of_200_bytes_and_more_do_so_on_the_other_board(int length) => AtFullRateAsync(Colorlight, length);

    private static async Task AtFullRateAsync(string name, int length)
    {
        const int count = 200;
        await using SimulatedBoard board = await LinkedAsync(name);
        for (int i = 0; i < count; i++)
        {
            // One frame in four is 4 byte times early: the next three make up for it.
            board.Send(Port.Net, Frame(length, i), i % 4 == 1 ? LineFault.ShortGap : LineFault.None);
        }

        for (int i = 0; i < count; i++)
        {
            Assert.Equal(Frame(length, i), await board.ReceiveAsync(Port.Host));
        }
    }

    [Fact]
    public async Task Both_PHYs_are_found_and_told_to_offer_full_duplex_alone()
    {
        await using SimulatedBoard board = await LinkedAsync();
        foreach (Port port in new[] { Port.Net, Port.Host })
        {
            Assert.Equal((0x0141, 0x0200), (board.PhyRegister(port, 4), board.PhyRegister(port, 9)));
        }
    }

    [Fact]
    public async Task A_port_without_a_link_takes_the_other_one_down_and_up_again()
    {
        await using SimulatedBoard board = await LinkedAsync();
        board.Plug(Port.Net, isIn: false);
        await board.UntilAsync(() => IsPoweredDown(board, Port.Host), TimeSpan.FromMilliseconds(13), "the host's PHY was not powered down");
        Assert.False(IsPoweredDown(board, Port.Net));

        board.Plug(Port.Net, isIn: true);
        await board.UntilAsync(() => !IsPoweredDown(board, Port.Host), Soon * 2, "the host's PHY was not powered up again");
        byte[] frame = Frame(60, 9);
        await board.PassAsync(Soon);
        board.Send(Port.Net, frame);
        Assert.Equal(frame, await board.ReceiveAsync(Port.Host));
    }

    // From the PHYs' reset to a link that the board knows of.
    private static async Task<SimulatedBoard> LinkedAsync(string name = Versa)
    {
        SimulatedBoard board = new(name, "uart");
        await board.PassAsync(Soon);
        return board;
    }

    private static bool IsPoweredDown(SimulatedBoard board, Port port) => (board.PhyRegister(port, 0) & 0x0800) != 0;

    // No IP, so that nothing but the ports looks at it.
    private static byte[] Frame(int length, int seed)
    {
        byte[] frame = new byte[length];
        new Random(seed).NextBytes(frame);
        frame[0] = 2;
        (frame[12], frame[13]) = (0x88, 0xB5);
        return frame;
    }
}
