using System.Runtime.InteropServices;
using Offload.Links.Pcie;
using Offload.Registers;
using Offload.VirtualBoard.Pcie;

namespace Offload.VirtualBoard.Tests.Pcie;

/// <summary>The SDK's link over a whole board in gateware, offload_board.v with its PCI Express link, in simulation: from packets to the core's registers.</summary>
[Trait("Category", "Full")]
public sealed class GatewareBoardTests : IDisposable
{
    private readonly SimulatedBridge _board = new((uint _, bool _, ref uint _) => 2, 1, board: true);

    public void Dispose() => _board.Dispose();

    [Fact]
    public async Task The_core_is_reached_and_its_errors_are_told()
    {
        await using PcieRegisterLink link = new(new BoardWindow(_board), null, new BoardWindow(_board));
        uint[] words = new uint[8];
        await link.ReadAsync(RegisterMap.Identity.Magic.Address, words.AsMemory(0, 1));
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, words[0]);
        await link.ReadAsync(RegisterMap.Identity.MapHash.Address, words);
        Assert.Equal(RegisterMap.HashBytes.ToArray(), MemoryMarshal.AsBytes(words.AsSpan()).ToArray());
        foreach (uint value in new[] { 0x12345678u, uint.MaxValue })
        {
            await link.WriteAsync(RegisterMap.Isn.FixedValue.Address, new[] { value });
            await link.ReadAsync(RegisterMap.Isn.FixedValue.Address, words.AsMemory(0, 1));
            Assert.Equal(value, words[0]);
        }

        OffloadException none = await Assert.ThrowsAsync<OffloadException>(async () => await link.ReadAsync(0xFFFC, words.AsMemory(0, 1)));
        Assert.Contains("read at 0xFFFC with DECERR", none.Message, StringComparison.Ordinal);
        await link.ReadAsync(RegisterMap.Identity.Magic.Address, words.AsMemory(0, 1));
    }

    [Fact]
    public async Task A_bus_that_goes_down_is_noticed_and_leaves_the_core_as_it_was()
    {
        uint[] word = [77];
        await using (PcieRegisterLink link = new(new BoardWindow(_board), null, new BoardWindow(_board)))
        {
            await link.WriteAsync(RegisterMap.Isn.FixedValue.Address, word);
            _board.Reset();
            Assert.Equal(OffloadError.LinkFault, (await Assert.ThrowsAsync<OffloadException>(async () => await link.ReadAsync(RegisterMap.Isn.FixedValue.Address, word))).Code);
        }

        await using PcieRegisterLink again = new(new BoardWindow(_board), null, new BoardWindow(_board));
        await again.ReadAsync(RegisterMap.Isn.FixedValue.Address, word);
        Assert.Equal(77u, word[0]);
    }

    /// <summary>BAR 0 of the board.</summary>
    private sealed class BoardWindow(FunctionBridge board) : PcieWindow
    {
        internal override uint Read(uint offset) => board.Read(offset);

        internal override void Write(uint offset, uint value) => board.Write(offset, value);

        public override void Dispose()
        {
            // The test ends the board.
        }
    }
}
