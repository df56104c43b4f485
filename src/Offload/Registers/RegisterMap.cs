using System.Collections.Frozen;

namespace Offload.Registers;

/// <summary>
/// Every register of the core, by name and by address. Blocks, registers and fields are members:
/// <c>RegisterMap.Isn.Mode.Address</c>, <c>RegisterMap.Isn.Mode.Mode.Get(value)</c>.
/// </summary>
public static partial class RegisterMap
{
    /// <summary>The register of this name, such as <c>isn.mode</c>; null where there is none.</summary>
    /// <param name="name">Block and register with a dot between, in lower case.</param>
    public static RegisterInfo? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Index.ByName.GetValueOrDefault(name);
    }

    /// <summary>Apart from the map itself, whose parts lie in several files and have no order of initialization.</summary>
    private static class Index
    {
        public static readonly FrozenDictionary<string, RegisterInfo> ByName =
            All.ToFrozenDictionary(register => register.Name, StringComparer.Ordinal);
    }
}
