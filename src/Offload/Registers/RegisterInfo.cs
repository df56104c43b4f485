namespace Offload.Registers;

/// <summary>What the register map says of one register.</summary>
public sealed class RegisterInfo
{
    internal RegisterInfo()
    {
    }

    /// <summary>Block and register, such as <c>isn.mode</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Address of the first word in bytes, a multiple of 4.</summary>
    public required uint Address { get; init; }

    /// <summary>Number of 32-bit words, at least 1.</summary>
    public required int Words { get; init; }

    /// <summary>What software may do with it.</summary>
    public required RegisterAccess Access { get; init; }

    /// <summary>Whether reading it changes something in the core; a dump leaves out what does.</summary>
    public RegisterReadEffect ReadEffect { get; init; }

    /// <summary>Whether the words are memory behind the register block, such as the answer of a command.</summary>
    public bool IsWindow { get; init; }

    /// <summary>Whether it holds a secret, which can be written and never be read.</summary>
    public bool IsSecret => Access == RegisterAccess.WriteOnly;

    /// <summary>Value after reset, with the fields in place, of a register of one word that software writes; else 0.</summary>
    public uint Reset { get; init; }

    /// <summary>The value, with the fields in place, of a constant of one word, as this map has it; else null.</summary>
    public uint? Constant { get; init; }

    /// <summary>Name of the layout that the words hold, such as <c>key</c>; null where they hold none.</summary>
    public string? Layout { get; init; }

    /// <summary>What it is for, as plain text.</summary>
    public required string Description { get; init; }

    /// <summary>Its fields, lowest bit first; empty where the whole word is one value.</summary>
    public IReadOnlyList<RegisterField> Fields { get; init; } = [];

    /// <summary>The register's name.</summary>
    public override string ToString() => Name;
}
