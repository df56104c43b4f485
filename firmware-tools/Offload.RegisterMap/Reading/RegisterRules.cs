using System.Numerics;
using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Reading;

/// <summary>What can be said of one register, or one field, by itself.</summary>
internal static class RegisterRules
{
    private const int HashWords = 8;

    /// <summary>Checks a register's keys against each other, and its fields for overlaps.</summary>
    public static void Check(RegisterModel register, MappingReader reader, Diagnostics diagnostics)
    {
        var name = register.FullName;
        var isOneWord = !reader.Has("count") && !reader.Has("layout") && !reader.Has("window");
        void Refuse(string key, bool isWrong, string rule)
        {
            if (isWrong && reader.Has(key))
            {
                diagnostics.Add(reader.LocationOf(key), $"register {name}: {rule}");
            }
        }

        var isHeld = register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly;
        var isConstant = register.Access == AccessKind.Constant;
        var isPulse = register.Access == AccessKind.Pulse;
        Refuse("count", reader.Has("layout") || reader.Has("window"), "count cannot stand beside layout or window");
        Refuse("count", isPulse, "a pulse register is one word");
        Refuse("count", isConstant && !register.IsMapHash, "only the constant map_hash has several words");
        Refuse("layout", isConstant || isPulse, "only ro, rw and wo registers have a layout");
        Refuse("window", register.Access != AccessKind.ReadOnly, "a window must be ro");
        Refuse("fields", !isOneWord, "fields need a register of one word, without count, layout or window");
        Refuse("strobe", !isHeld || !isOneWord, "strobe needs an rw or wo register of one word");
        Refuse("read_effect", register.Access != AccessKind.ReadOnly, "read_effect needs an ro register");
        Refuse("reset", !isHeld || !isOneWord || register.Fields.Count > 0, "reset needs an rw or wo register of one word without fields");
        Refuse("value", !isConstant || reader.Has("fields"), "value needs a constant without fields");
        if (register.Window is { } window)
        {
            var isSize = window >= 2 && BitOperations.IsPow2(window);
            Refuse("window", !isSize, $"window {window} is not a power of two of at least 2");
            Refuse("window", isSize && register.Address % (4 * (uint)window) != 0, $"address 0x{register.Address:X4} is not a multiple of the window's size");
        }

        if (isPulse && !reader.Has("fields"))
        {
            diagnostics.Add(register.Location, $"register {name}: a pulse register needs fields");
        }

        if (isConstant && !reader.Has("fields") && !reader.Has("value"))
        {
            diagnostics.Add(register.Location, $"register {name}: a constant without fields needs a value");
        }

        if (register.IsMapHash && isConstant && register.Count != HashWords)
        {
            diagnostics.Add(reader.LocationOf("value"), $"register {name}: map_hash needs count {HashWords}");
        }

        CheckFieldsTogether(register, diagnostics);
    }

    /// <summary>Checks what one field holds.</summary>
    public static void CheckField(FieldModel field, AccessKind access, MappingReader reader, Diagnostics diagnostics)
    {
        var largest = field.Mask >> field.Lsb;
        if (reader.Has("reset") && access is not (AccessKind.ReadWrite or AccessKind.WriteOnly))
        {
            diagnostics.Add(reader.LocationOf("reset"), $"field '{field.Name}': only fields of rw and wo registers have a reset value");
        }
        else if (field.Reset > largest)
        {
            diagnostics.Add(reader.LocationOf("reset"), $"reset value {field.Reset} of field '{field.Name}' does not fit its {field.Width} bits");
        }

        if (reader.Has("value") != (access == AccessKind.Constant))
        {
            diagnostics.Add(reader.LocationOf("value"), $"field '{field.Name}': fields of constants, and no others, need a value");
        }
        else if (field.Value > largest)
        {
            diagnostics.Add(reader.LocationOf("value"), $"value {field.Value} of field '{field.Name}' does not fit its {field.Width} bits");
        }

        if (access == AccessKind.Pulse && field.Width != 1)
        {
            diagnostics.Add(reader.LocationOf("bits"), $"field '{field.Name}' of a pulse register must be one bit");
        }

        if (access == AccessKind.Pulse && reader.Has("enum"))
        {
            diagnostics.Add(reader.LocationOf("enum"), $"field '{field.Name}' of a pulse register cannot have an enum");
        }
    }

    private static void CheckFieldsTogether(RegisterModel register, Diagnostics diagnostics)
    {
        for (var i = 0; i < register.Fields.Count; i++)
        {
            var field = register.Fields[i];
            foreach (var earlier in register.Fields.Take(i))
            {
                if (earlier.Name == field.Name)
                {
                    diagnostics.Add(field.Location, $"duplicate field '{field.Name}' in register {register.FullName}; first in line {earlier.Location.Line}");
                }

                if ((earlier.Mask & field.Mask) != 0)
                {
                    diagnostics.Add(
                        field.Location,
                        $"field '{field.Name}' ({field.Msb}:{field.Lsb}) overlaps '{earlier.Name}' ({earlier.Msb}:{earlier.Lsb}) in register {register.FullName}");
                }
            }
        }
    }
}
