using System.Numerics;
using Offload.RegisterMap.Model;
using Offload.RegisterMap.Output;

namespace Offload.RegisterMap.Reading;

/// <summary>What can be said only of all files together: names, references, sizes, addresses. Fills in what the model leaves to it.</summary>
internal sealed class MapChecker(MapModel model, Diagnostics diagnostics)
{
    private const uint AddressSpace = 0x10000;

    // By reference: the checker changes what a record's own equality looks at.
    private readonly HashSet<LayoutModel> _sized = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<LayoutModel> _open = new(ReferenceEqualityComparer.Instance);

    public void Check()
    {
        CheckNames();
        foreach (var layout in model.Layouts)
        {
            Size(layout);
        }

        foreach (var register in model.Blocks.SelectMany(block => block.Registers))
        {
            ResolveRegister(register);
        }

        CheckEnums();
        CheckAddresses();
        CheckCounters();
        if (!diagnostics.HasErrors)
        {
            CheckGeneratedNames();
        }
    }

    private void CheckNames()
    {
        Unique("enum", model.Enums, item => item.Name, item => item.Location);
        Unique("layout", model.Layouts, item => item.Name, item => item.Location);
        Unique("counter", model.Counters, item => item.Name, item => item.Location);
        Unique("block", model.Blocks, item => item.Name, item => item.Location);
        foreach (var definition in model.Enums)
        {
            Unique($"value in enum {definition.Name}", definition.Values, item => item.Name, item => item.Location);
            Unique($"number in enum {definition.Name}", definition.Values, item => $"{item.Value}", item => item.Location);
        }

        foreach (var layout in model.Layouts)
        {
            Unique($"field in layout {layout.Name}", layout.Fields, item => item.Name, item => item.Location);
        }

        foreach (var block in model.Blocks)
        {
            Unique($"register in block {block.Name}", block.Registers, item => item.Name, item => item.Location);
        }
    }

    private void Unique<T>(string what, IEnumerable<T> items, Func<T, string> name, Func<T, SourceLocation> location)
    {
        foreach (var group in items.GroupBy(name, StringComparer.Ordinal).Where(group => group.Key.Length > 0))
        {
            var first = location(group.First());
            foreach (var again in group.Skip(1))
            {
                diagnostics.Add(location(again), $"duplicate {what}: '{group.Key}'; first at {first.File}:{first.Line}");
            }
        }
    }

    /// <summary>Gives every field of a layout its place, inner layouts first.</summary>
    private void Size(LayoutModel layout)
    {
        if (!_sized.Add(layout))
        {
            return;
        }

        _open.Add(layout);
        var lsb = 0;
        foreach (var field in layout.Fields)
        {
            field.Lsb = lsb;
            field.Width = field.DeclaredWidth ?? 0;
            field.Enum = FindEnum(field.EnumName, layout.IsInternal, field.Location);
            if (FindLayout(field.LayoutName, layout.IsInternal, field.Location) is { } inner)
            {
                if (_open.Contains(inner))
                {
                    diagnostics.Add(field.Location, $"layout '{inner.Name}' contains itself");
                    continue;
                }

                Size(inner);
                field.Layout = inner;
                field.Width = inner.Bits;
            }

            lsb += field.Width;
        }

        layout.Bits = lsb;
        _open.Remove(layout);
    }

    private void ResolveRegister(RegisterModel register)
    {
        register.Layout = FindLayout(register.LayoutName, seesInternal: false, register.Location);
        if (register is { Window: { } window, Layout: { } layout } && layout.Words > window)
        {
            diagnostics.Add(register.Location, $"layout '{layout.Name}' has {layout.Words} words, the window {register.FullName} only {window}");
        }

        foreach (var field in register.Fields)
        {
            field.Enum = FindEnum(field.EnumName, seesInternal: false, field.Location);
        }
    }

    private LayoutModel? FindLayout(string? name, bool seesInternal, SourceLocation location)
    {
        var found = model.Layouts.Find(layout => layout.Name == name);
        if (name is not null && found is null)
        {
            diagnostics.Add(location, $"unknown layout '{name}'");
        }
        else if (found is { IsInternal: true } && !seesInternal)
        {
            diagnostics.Add(location, $"layout '{name}' is internal; software cannot see it");
        }

        return found;
    }

    private EnumModel? FindEnum(string? name, bool seesInternal, SourceLocation location)
    {
        var found = model.Enums.Find(definition => definition.Name == name);
        if (name is not null && found is null)
        {
            diagnostics.Add(location, $"unknown enum '{name}'");
        }
        else if (found is { IsInternal: true } && !seesInternal)
        {
            diagnostics.Add(location, $"enum '{name}' is internal; software cannot see it");
        }

        return found;
    }

    private void CheckEnums()
    {
        var uses = model.Layouts
            .SelectMany(layout => layout.Fields.Select(field => (field.Enum, field.Width, User: $"{layout.Name}.{field.Name}")))
            .Concat(model.Blocks
                .SelectMany(block => block.Registers)
                .SelectMany(register => register.Fields.Select(field => (field.Enum, field.Width, User: $"{register.FullName}.{field.Name}"))))
            .Where(use => use.Enum is not null)
            .ToLookup(use => use.Enum!, ReferenceEqualityComparer.Instance);
        foreach (var definition in model.Enums)
        {
            var largest = definition.Values.Select(value => value.Value).DefaultIfEmpty().Max();
            definition.Width = uses[definition].Select(use => use.Width).DefaultIfEmpty(Math.Max(1, 32 - BitOperations.LeadingZeroCount(largest))).Max();
            foreach (var (_, width, user) in uses[definition])
            {
                if (width > 32)
                {
                    diagnostics.Add(definition.Location, $"enum {definition.Name} is used by {user}, which has more than 32 bits");
                }

                foreach (var value in definition.Values.Where(value => width < 32 && value.Value >> width != 0))
                {
                    diagnostics.Add(value.Location, $"enum value {definition.Name}.{value.Name} = {value.Value} does not fit the {width} bits of {user}");
                }
            }
        }
    }

    private void CheckAddresses()
    {
        foreach (var block in model.Blocks)
        {
            RegisterModel? previous = null;
            foreach (var register in block.Registers.OrderBy(register => register.Address))
            {
                if (previous is not null && register.Address < previous.End)
                {
                    diagnostics.Add(
                        register.Location,
                        $"register {register.FullName} at 0x{register.Address:X4} overlaps {previous.FullName}, which ends at 0x{previous.End:X4}");
                }

                if (register.End > AddressSpace)
                {
                    diagnostics.Add(register.Location, $"register {register.FullName} ends at 0x{register.End:X}, outside the 16-bit address space");
                }

                previous = previous is null || register.End > previous.End ? register : previous;
            }
        }

        foreach (var (block, next) in model.Blocks.Zip(model.Blocks.Skip(1)))
        {
            if (block.Base == next.Base)
            {
                diagnostics.Add(next.Location, $"block {next.Name} has the base of block {block.Name}, 0x{block.Base:X4}");
                continue;
            }

            foreach (var register in block.Registers.Where(register => register.End > next.Base))
            {
                diagnostics.Add(
                    register.Location,
                    $"register {register.FullName} ends at 0x{register.End:X4}, outside its block: block {next.Name} begins at 0x{next.Base:X4}");
            }
        }
    }

    /// <summary>The window of the counters is found by its name; it must hold them all, two words each.</summary>
    private void CheckCounters()
    {
        var values = model.Blocks.SelectMany(block => block.Registers).FirstOrDefault(register => register.FullName == "counter.values");
        if (values is not null && values.Words < 2 * model.Counters.Count)
        {
            diagnostics.Add(values.Location, $"register counter.values has {values.Words} words; {model.Counters.Count} counters need {2 * model.Counters.Count}");
        }
    }

    /// <summary>Names that are unlike in YAML can become alike in Verilog, where everything shares one space.</summary>
    private void CheckGeneratedNames()
    {
        Unique("Verilog macro", VerilogHeader.Macros(model), macro => macro.Name, macro => macro.Location);
        Unique(
            "Verilog port",
            model.Blocks.SelectMany(block => block.Registers).SelectMany(register => VerilogPorts.Of(register).Select(port => (port.Name, register.Location))),
            port => port.Name,
            port => port.Location);
    }
}
