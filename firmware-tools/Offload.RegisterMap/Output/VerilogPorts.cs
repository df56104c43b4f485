using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>A port of the register block.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Width">Its bits.</param>
/// <param name="IsInput">Whether the core drives it.</param>
/// <param name="IsStored">Whether the register block holds it in flip-flops.</param>
internal sealed record VerilogPort(string Name, int Width, bool IsInput, bool IsStored)
{
    public string Declaration
    {
        get
        {
            var direction = IsInput ? "input  wire" : IsStored ? "output reg " : "output wire";
            return $"{direction} {(Width == 1 ? "" : $"[{Width - 1}:0]"),-9} {Name}";
        }
    }
}

/// <summary>Which ports a register has.</summary>
internal static class VerilogPorts
{
    public static IEnumerable<VerilogPort> Of(RegisterModel register)
    {
        var name = register.PortName;
        if (register.IsWindow)
        {
            yield return new VerilogPort($"{name}_address", AddressBits(register), IsInput: false, IsStored: false);
            yield return new VerilogPort($"{name}_data", 32, IsInput: true, IsStored: false);
        }
        else if (register.Access != AccessKind.Constant)
        {
            var isInput = register.Access == AccessKind.ReadOnly;
            if (register.Fields.Count == 0)
            {
                yield return new VerilogPort(name, 32 * register.Words, isInput, !isInput);
            }

            foreach (var field in register.Fields.OrderBy(field => field.Lsb))
            {
                yield return new VerilogPort(FieldPort(register, field), field.Width, isInput, !isInput);
            }
        }

        if (register.Access == AccessKind.WriteOnly)
        {
            yield return new VerilogPort($"{name}_clear", 1, IsInput: true, IsStored: false);
        }

        if (register.Strobe)
        {
            yield return new VerilogPort($"{name}_strobe", 1, IsInput: false, IsStored: true);
        }

        if (register.HasReadEffect)
        {
            yield return new VerilogPort($"{name}_read", 1, IsInput: false, IsStored: true);
        }
    }

    public static string FieldPort(RegisterModel register, FieldModel field) => $"{register.PortName}_{field.Name}";

    /// <summary>Bits that address a word in a window.</summary>
    public static int AddressBits(RegisterModel register) => int.Log2(register.Words);
}
