using Microsoft.Win32.SafeHandles;
using Offload.Boards;
using Offload.Engine.Tests.Harness;
using Offload.Links;
using Offload.Links.Pcie;
using Offload.Programming;
using Offload.Registers;
using Offload.Tests.Contract;
using Offload.VirtualBoard.Pcie;

namespace Offload.VirtualBoard.Tests.Pcie;

/// <summary>The SDK's link over the model of the PCI function, without a bus in between; tests/Offload.Rig runs it over a real one.</summary>
public sealed class PcieLinkTests : PcieLinkContractTests
{
    private protected override FunctionBridge? Bridge(FunctionBridge.RegisterBus bus) => null;
}

/// <summary>The SDK's link over the PCI function whose bridge is the gateware's, in simulation.</summary>
public sealed class PcieGatewareTests : PcieLinkContractTests
{
    private protected override FunctionBridge? Bridge(FunctionBridge.RegisterBus bus) => new SimulatedBridge(bus, 1);
}

/// <summary>What the SDK's link has to do over a PCI function, whatever bridge that has.</summary>
public abstract class PcieLinkContractTests : LinkContractTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected override async ValueTask<LinkUnderTest> OpenAsync() => new OpenBed(await OpenBedAsync());

    /// <summary>The bridge to be tested; null: the model of the virtual board.</summary>
    private protected abstract FunctionBridge? Bridge(FunctionBridge.RegisterBus bus);

    [Fact]
    public async Task Registers_go_both_ways_and_all_ones_are_a_value()
    {
        await using Bed bed = await OpenBedAsync();
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await bed.ReadAsync(RegisterMap.Identity.Magic.Address));
        foreach (uint value in new[] { 0u, 0x12345678u, uint.MaxValue })
        {
            await bed.Link.WriteAsync(RegisterMap.Isn.FixedValue.Address, new[] { value });
            Assert.Equal(value, await bed.ReadAsync(RegisterMap.Isn.FixedValue.Address));
        }
    }

    [Fact]
    public async Task What_the_core_refuses_is_told_with_its_address_and_ends_the_burst()
    {
        await using Bed bed = await OpenBedAsync();
        uint status = RegisterMap.Control.InterruptStatus.Address;
        OffloadException none = await Assert.ThrowsAsync<OffloadException>(async () => await bed.ReadAsync(0xFFFC));
        Assert.Equal(OffloadError.LinkFault, none.Code);
        Assert.Contains("read at 0xFFFC with DECERR", none.Message, StringComparison.Ordinal);
        uint[] burst = [1, 77];
        OffloadException refused = await Assert.ThrowsAsync<OffloadException>(async () => await bed.Link.WriteAsync(status, burst));
        Assert.Contains($"write at 0x{status:X4} with SLVERR", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0u, await bed.ReadAsync(status + 4));
    }

    [Fact]
    public async Task Wherever_it_vanishes_nothing_wrong_is_read()
    {
        for (int after = 0; after <= 9; after++)
        {
            await using Bed bed = await OpenBedAsync();
            uint[] words = new uint[8];
            bed.Function.Vanish(after);
            if (after < 9)
            {
                await Assert.ThrowsAsync<BoardGoneException>(async () => await bed.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, words));
                Assert.All(words, word => Assert.Equal(0u, word));
            }
            else
            {
                await bed.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, words);
                Assert.Equal(RegisterMap.HashBytes.ToArray(), System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()).ToArray());
            }

            bed.Function.Vanish(0);
            await Assert.ThrowsAsync<BoardGoneException>(async () => await bed.ReadAsync(0));
            bed.Function.Return();
            await Assert.ThrowsAsync<BoardGoneException>(async () => await bed.ReadAsync(0));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task An_access_that_is_lost_in_a_burst_is_noticed(int lost)
    {
        await using Bed bed = await OpenBedAsync();
        uint[] words = new uint[8];
        bed.Window.LoseAfter = lost;
        OffloadException exception = await Assert.ThrowsAsync<OffloadException>(async () => await bed.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, words));
        Assert.Equal(OffloadError.LinkFault, exception.Code);
        Assert.All(words, word => Assert.Equal(0u, word));

        // And the next burst is right again.
        await bed.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, words);
        Assert.Equal(RegisterMap.HashBytes.ToArray(), System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()).ToArray());
    }

    [Fact]
    public async Task A_write_that_is_lost_is_noticed()
    {
        await using Bed bed = await OpenBedAsync();
        bed.Window.LoseAfter = 1;
        Assert.Equal(
            OffloadError.LinkFault,
            (await Assert.ThrowsAsync<OffloadException>(async () => await bed.Link.WriteAsync(RegisterMap.Command.Key.Address, new uint[10]))).Code);
    }

    [Fact]
    public async Task What_is_no_board_is_refused()
    {
        await using Bed bed = await OpenBedAsync();
        Assert.Throws<RegisterMapMismatchException>(() => new PcieRegisterLink(new ConstantWindow(0), null, bed.Window));
        Assert.Throws<BoardGoneException>(() => new PcieRegisterLink(new ConstantWindow(uint.MaxValue), null, bed.Window));
    }

    [Fact]
    public async Task An_interrupt_without_a_reason_ends_no_wait_and_many_cost_little()
    {
        await using Bed bed = await OpenBedAsync();
        using CancellationTokenSource over = new();
        Task waiting = bed.Link.WaitForInterruptAsync(over.Token).AsTask();
        int reads = bed.Window.Reads;
        for (int i = 0; i < 20000; i++)
        {
            Assert.True(bed.Function.SendMessage());
        }

        await Eventually.TrueAsync(() => bed.Window.Reads > reads, "an interrupt has the line looked at");
        Assert.False(waiting.IsCompleted);
        Assert.InRange(bed.Window.Reads - reads, 1, 15000); // each look at the line is a read; a storm must not make one of each interrupt
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Taking_the_device_away_ends_a_wait_and_every_access()
    {
        await using Bed bed = await OpenBedAsync();
        Task waiting = bed.Link.WaitForInterruptAsync().AsTask();
        Libc.Signal(bed.WantedBack);
        await Assert.ThrowsAsync<BoardGoneException>(() => waiting.WaitAsync(Patience));
        await Assert.ThrowsAsync<BoardGoneException>(async () => await bed.ReadAsync(0));
    }

    [Fact]
    public async Task Closing_ends_a_wait()
    {
        Bed bed = await OpenBedAsync();
        Task waiting = bed.Link.WaitForInterruptAsync().AsTask();
        await bed.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bed.ReadAsync(0));
    }

    private async Task<Bed> OpenBedAsync()
    {
        VirtualBoardHardware board = await Bench.OpenAsync(new VirtualBoardOptions());
        await board.Programmer.LoadAsync(BitstreamFile.Open(Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit")));
        return new Bed(board, bus => Bridge(bus) ?? new FunctionBridgeModel(bus));
    }

    /// <summary>A board, its function, and the link to it.</summary>
    private sealed class Bed : IAsyncDisposable
    {
        private readonly BoardHardware _board;

        internal Bed(BoardHardware board, Func<FunctionBridge.RegisterBus, FunctionBridge> bridge)
        {
            _board = board;
            Function = new PcieFunctionModel(board.Link, bridge);
            Window = new ModelWindow(Function);
            SafeFileHandle message = Libc.NewEvent();
            Function.SetMessage(message);
            Link = new PcieRegisterLink(Window, new PcieInterrupts(message, WantedBack), Window);
        }

        internal PcieFunctionModel Function { get; }

        internal ModelWindow Window { get; }

        internal SafeFileHandle WantedBack { get; } = Libc.NewEvent();

        internal PcieRegisterLink Link { get; }

        internal async Task<uint> ReadAsync(uint address)
        {
            uint[] word = new uint[1];
            await Link.ReadAsync(address, word);
            return word[0];
        }

        public async ValueTask DisposeAsync()
        {
            await Link.DisposeAsync();
            await Function.DisposeAsync();
            await _board.DisposeAsync();
            WantedBack.Dispose();
        }
    }

    private sealed class OpenBed(Bed bed) : LinkUnderTest
    {
        public override RegisterLink Link => bed.Link;

        public override ValueTask DisposeAsync() => bed.DisposeAsync();
    }

    private sealed class ModelWindow(PcieFunctionModel function) : PcieWindow
    {
        private int _loseAfter = int.MaxValue;

        internal int Reads { get; private set; }

        /// <summary>Accesses until one is lost on its way; one alone.</summary>
        internal int LoseAfter
        {
            set => _loseAfter = value;
        }

        internal override uint Read(uint offset)
        {
            Reads++;
            if (IsLost())
            {
                return uint.MaxValue;
            }

            byte[] bytes = new byte[4];
            function.Read(offset, bytes);
            return BitConverter.ToUInt32(bytes);
        }

        internal override void Write(uint offset, uint value)
        {
            if (!IsLost())
            {
                function.Write(offset, BitConverter.GetBytes(value));
            }
        }

        public override void Dispose()
        {
            // Nothing is open.
        }

        private bool IsLost() => _loseAfter-- == 0;
    }

    private sealed class ConstantWindow(uint value) : PcieWindow
    {
        internal override uint Read(uint offset) => value;

        internal override void Write(uint offset, uint value)
        {
            // Goes nowhere.
        }

        public override void Dispose()
        {
            // Nothing is open.
        }
    }
}
