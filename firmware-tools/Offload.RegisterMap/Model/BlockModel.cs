namespace Offload.RegisterMap.Model;

/// <summary>What software may do with a register.</summary>
internal enum AccessKind
{
    /// <summary>Read; the core gives the value.</summary>
    ReadOnly,

    /// <summary>Read and write; the register block holds the value.</summary>
    ReadWrite,

    /// <summary>Write; reads as 0, for secrets.</summary>
    WriteOnly,

    /// <summary>Writing a 1 gives a pulse; reads as 0.</summary>
    Pulse,

    /// <summary>Read; the value is part of the map.</summary>
    Constant,
}

/// <summary>A group of registers at a base address.</summary>
internal sealed record BlockModel(string Name, uint Base, string Description, IReadOnlyList<RegisterModel> Registers, SourceLocation Location);

/// <summary>One register, or several words that belong together.</summary>
internal sealed record RegisterModel
{
    public required string BlockName { get; init; }

    public required string Name { get; init; }

    public required uint Address { get; init; }

    public required AccessKind Access { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<FieldModel> Fields { get; init; }

    public required SourceLocation Location { get; init; }

    /// <summary>Words by key <c>count</c>.</summary>
    public int? Count { get; init; }

    /// <summary>Words by key <c>window</c>: memory behind the register block.</summary>
    public int? Window { get; init; }

    public string? LayoutName { get; init; }

    public bool Strobe { get; init; }

    /// <summary>Whether reading changes something in the core.</summary>
    public bool HasReadEffect { get; init; }

    /// <summary>Value after reset of a register without fields.</summary>
    public uint Reset { get; init; }

    /// <summary>Value of a constant without fields.</summary>
    public uint Value { get; init; }

    /// <summary>Value of a constant with its fields in place.</summary>
    public uint ConstantValue => Fields.Aggregate(Value, (sum, part) => sum | (part.Value << part.Lsb));

    /// <summary>Whether the constant is the hash of the map.</summary>
    public bool IsMapHash { get; init; }

    /// <summary>The layout of its words; set by the checker.</summary>
    public LayoutModel? Layout { get; set; }

    public bool IsWindow => Window is not null;

    public int Words => Window ?? Layout?.Words ?? Count ?? 1;

    /// <summary>First address behind the register.</summary>
    public uint End => Address + (4 * (uint)Words);

    /// <summary>"block.register".</summary>
    public string FullName => $"{BlockName}.{Name}";

    /// <summary>"block_register": how its ports begin.</summary>
    public string PortName => $"{BlockName}_{Name}";

    /// <summary>The keyword of its access in YAML.</summary>
    public string AccessWord => Access switch
    {
        AccessKind.ReadOnly => "ro",
        AccessKind.ReadWrite => "rw",
        AccessKind.WriteOnly => "wo",
        AccessKind.Pulse => "pulse",
        _ => "constant",
    };
}

/// <summary>Bits of a one-word register.</summary>
internal sealed record FieldModel(
    string Name, int Msb, int Lsb, uint Reset, uint Value, string? EnumName, string Description, SourceLocation Location)
{
    public int Width => Msb - Lsb + 1;

    /// <summary>The enum, where <see cref="EnumName"/> names one that exists; set by the checker.</summary>
    public EnumModel? Enum { get; set; }

    /// <summary>Its bits in the register, in place.</summary>
    public uint Mask => (uint)((1ul << Width) - 1) << Lsb;
}
