using Offload.Engine.Tests.Lockstep;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Rules;

/// <summary>Rules are written once, and hold for the Verilated core and for the model: each guards the other, and these tests guard both.</summary>
public abstract class RuleTests
{
    private protected abstract Target Create(Settings settings);

    /// <summary>IPv4 and IPv6, untagged and tagged.</summary>
    public static TheoryData<Carrier> Carriers() => [.. Enum.GetValues<Carrier>()];

    private protected Bench NewBench(Carrier carrier, EndPoint? listener = null, Settings? settings = null) => new(Create, carrier, listener, settings);
}
