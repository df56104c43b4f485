using Offload.VirtualBoard.Pcie;

namespace Offload.VirtualBoard.Tests.Pcie;

/// <summary>The bridge in gateware beside the model that the virtual board has of it: the same accesses, and nothing may differ.</summary>
public sealed class BridgeTests
{
    private const int Registers = 64;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gateware_and_model_cannot_be_told_apart(int seed)
    {
        Random random = new(seed);
        List<string> onModel = [];
        List<string> onGateware = [];
        using FunctionBridge model = new FunctionBridgeModel(Bus(onModel));
        using SimulatedBridge gateware = new(Bus(onGateware), (ulong)seed);
        int faults = 0;
        int messages = 0;
        for (int i = 0; i < 1500; i++)
        {
            uint address = (uint)random.Next(8) switch
            {
                0 or 1 => FunctionBridge.StatusAddress,
                2 => FunctionBridge.IdentityAddress,
                3 => 0x10000u + (uint)(random.Next(0x4000) * 4),
                _ => (uint)(random.Next(Registers) * 4),
            };
            switch (random.Next(16))
            {
                case 0:
                    model.WritePart(address);
                    gateware.WritePart(address);
                    break;
                case 1:
                    bool high = random.Next(2) == 0;
                    bool due = model.Line(high);
                    Assert.Equal(due, gateware.Line(high));
                    messages += due ? 1 : 0;
                    break;
                case 2 when random.Next(4) == 0:
                    _ = gateware.Read(FunctionBridge.StatusAddress); // pushes what was written
                    _ = model.Read(FunctionBridge.StatusAddress);
                    model.Reset();
                    gateware.Reset();
                    break;
                case < 8:
                    uint value = (uint)random.NextInt64(uint.MaxValue);
                    model.Write(address, value);
                    gateware.Write(address, value);
                    break;
                default:
                    uint expected = model.Read(address);
                    Assert.Equal(expected, gateware.Read(address));
                    faults += address == FunctionBridge.StatusAddress ? (int)(expected & 1) : 0;
                    break;
            }
        }

        Assert.Equal(model.Read(FunctionBridge.StatusAddress), gateware.Read(FunctionBridge.StatusAddress));
        Assert.Null(gateware.Thrown);
        Assert.Equal(onModel, onGateware);
        Assert.True(faults > 10 && messages > 10 && onModel.Count > 100, $"{faults} faults, {messages} MSI, {onModel.Count} accesses: too little came up");
    }

    [Fact]
    public void A_part_of_a_word_is_read_as_all_ones_and_touches_no_register()
    {
        List<string> accesses = [];
        using SimulatedBridge gateware = new(Bus(accesses), 1);
        for (uint enables = 1; enables < 0xF; enables++)
        {
            Assert.Equal(uint.MaxValue, gateware.ReadPart(8, enables));
        }

        Assert.Equal(0u, gateware.ReadPart(8, 0)); // without bytes it only waits for the writes before it
        Assert.Empty(accesses);
        Assert.Equal(0u, gateware.Read(FunctionBridge.StatusAddress));
    }

    // Registers that hold what was written, of which each eighth refuses, and that note what comes.
    private static FunctionBridge.RegisterBus Bus(List<string> accesses)
    {
        uint[] registers = new uint[Registers];
        return (uint address, bool write, ref uint value) =>
        {
            accesses.Add(write ? $"{address:x} = {value:x8}" : $"{address:x}");
            uint number = address / sizeof(uint);
            if (number >= Registers)
            {
                return 3;
            }

            if (number % 8 == 7)
            {
                return 2;
            }

            if (write)
            {
                registers[number] = value;
            }

            value = registers[number];
            return 0;
        };
    }
}
