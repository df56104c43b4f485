using Offload.Registers;
using Map = Offload.Registers.RegisterMap;

namespace Offload.RegisterMap.Tests;

/// <summary>The C# description of registers and fields, against the sources as the generator's reader has them.</summary>
public sealed class AccessorTests
{
    [Fact]
    public void Every_register_is_listed_by_address_and_found_by_name()
    {
        var expected = Repository.Map().Blocks.SelectMany(block => block.Registers).OrderBy(register => register.Address).ToList();

        Assert.Equal(
            expected.Select(register => (register.FullName, register.Address, register.Words, register.Description)),
            Map.All.Select(register => (register.Name, register.Address, register.Words, register.Description)));
        Assert.All(Map.All, register => Assert.Same(register, Map.Find(register.Name)));
        Assert.Null(Map.Find("isn.nothing"));
    }

    [Fact]
    public void Secrets_are_those_that_are_write_only()
    {
        Assert.Equal(["isn.key", "isn.placement_key", "isn.cookie_key"], Map.All.Where(register => register.IsSecret).Select(register => register.Name));
        Assert.All(Map.All, register => Assert.Equal(RegisterReadEffect.None, register.ReadEffect));
    }

    [Fact]
    public void Members_lead_to_registers_and_fields()
    {
        Assert.Equal(0x0180u, Map.Isn.Mode.Address);
        Assert.Same(Map.Find("isn.mode"), Map.Isn.Mode.Info);
        Assert.Same(Map.Isn.Mode.Info.Fields[0], Map.Isn.Mode.Mode);
        Assert.Equal(0x0100u, Map.Control.Control.Address);
        Assert.Equal((8, 8), (Map.Control.Control.Epoch.Lsb, Map.Control.Control.Epoch.Width));
        Assert.Equal(64u, Map.Control.ReplyHeader.HopLimit.Reset);
        Assert.Equal(64u, Map.Control.ReplyHeader.Info.Reset);
        Assert.Equal(11, Map.Isn.PlacementKey.Words);
        Assert.Equal(["rfc6528", "counter", "fixed", "cookie"], Map.Isn.Mode.Mode.Values.Select(value => value.Name));
        Assert.Equal(0x4F46464Cu, Map.Identity.Magic.Info.Constant);
        Assert.Null(Map.Identity.MapHash.Info.Constant);
        Assert.True(Map.Command.Answer.Info.IsWindow);
        Assert.Equal("key", Map.Command.Key.Info.Layout);
    }

    [Fact]
    public void Fields_get_and_set_their_bits_alone()
    {
        var random = new Random(4);
        foreach (var field in Map.All.SelectMany(register => register.Fields))
        {
            for (var round = 0; round < 100; round++)
            {
                var register = (uint)random.NextInt64(1L << 32);
                var value = (uint)random.NextInt64(1L + field.Maximum);
                Assert.Equal(NaiveLayouts.Bits([register], field.Lsb, field.Width), field.Get(register));
                var changed = field.Set(register, value);
                Assert.Equal(value, field.Get(changed));
                Assert.Equal(0u, (register ^ changed) & ~field.Mask);
            }
        }
    }

    [Fact]
    public void A_value_that_does_not_fit_a_field_is_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Map.Isn.Mode.Mode.Set(0, 4));
        Assert.Contains("'mode'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_are_numbered_in_their_order()
    {
        Assert.Equal(Repository.Map().Counters.Select(counter => counter.Name), Map.Counters.Select(counter => counter.Name));
        Assert.Equal(Enumerable.Range(0, Map.CounterCount), Map.Counters.Select(counter => (int)counter.Id));
        Assert.Equal(Map.CounterCount, Enum.GetValues<CounterId>().Length);
    }

    [Fact]
    public void Enums_have_the_values_of_the_sources()
    {
        Assert.Equal(3, (int)TcpState.SynReceived);
        Assert.Equal(10, (int)TcpState.TimeWait);
        Assert.Equal(8, (int)CommandCode.Flush);
        Assert.Equal(2, (int)IsnMode.Fixed);
    }
}
