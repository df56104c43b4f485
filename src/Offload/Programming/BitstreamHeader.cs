namespace Offload.Programming;

/// <summary>What a bitstream container says of its payload. All of it is covered by the container's digest and signature.</summary>
public sealed record BitstreamHeader
{
    /// <summary>Name of the kind of board that it is for, as in <c>boards/NAME/board.yaml</c>.</summary>
    public required string Board { get; init; }

    /// <summary>JTAG IDCODE of the part that it is for (IEEE 1149.1, 32 bits).</summary>
    public required uint IdCode { get; init; }

    /// <summary>SHA-256 of <see cref="Map"/>, 64 lower-case hexadecimal digits.</summary>
    public required string MapHash { get; init; }

    /// <summary>Version of the bitstream, as semantic versioning.</summary>
    public required string Version { get; init; }

    /// <summary>When it was built (UTC, whole seconds), or null where the build is to be reproducible and named no time.</summary>
    public DateTimeOffset? Built { get; init; }

    /// <summary>What the payload is, one of <see cref="BitstreamPayload"/>.</summary>
    public required string PayloadKind { get; init; }

    /// <summary>SHA-256 of the payload, 64 lower-case hexadecimal digits.</summary>
    public required string PayloadSha256 { get; init; }

    /// <summary>The canonical register map that the core was made from, so that a mismatch can be named line by line.</summary>
    public required string Map { get; init; }
}

/// <summary>Kinds of payload.</summary>
public static class BitstreamPayload
{
    /// <summary>The core compiled by Verilator into a shared library for 64-bit x86 Linux (the virtual board).</summary>
    public const string VerilatedLinuxX64 = "verilated-linux-x64";

    /// <summary>The core compiled by Verilator into a shared library for 64-bit ARM Linux (the virtual board).</summary>
    public const string VerilatedLinuxArm64 = "verilated-linux-arm64";

    /// <summary>A Lattice ECP5 configuration stream, as ecppack writes it.</summary>
    public const string Ecp5 = "ecp5-bit";
}

/// <summary>Who signed a bitstream.</summary>
/// <param name="KeyId">SHA-256 of the signer's public key (SubjectPublicKeyInfo, DER), 64 lower-case hexadecimal digits.</param>
public sealed record BitstreamSignature(string KeyId);
