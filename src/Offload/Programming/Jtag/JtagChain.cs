using System.Globalization;

namespace Offload.Programming.Jtag;

/// <summary>One device of a JTAG chain.</summary>
/// <param name="Position">Where it is: 0 is the one nearest to TDO.</param>
/// <param name="IdCode">Its IDCODE (IEEE 1149.1, 12), or null where it has none and shows bypass after reset.</param>
/// <param name="InstructionBits">Length of its instruction register in bits, or null where it is not known.</param>
public sealed record JtagDevice(int Position, uint? IdCode, int? InstructionBits);

/// <summary>The devices of a JTAG chain, as a scan found them.</summary>
public sealed class JtagChain
{
    /// <summary>Most devices that a scan counts.</summary>
    public const int MostDevices = 32;

    private const int MostInstructionBits = 32 * MostDevices;
    private const int Ecp5InstructionBits = 8;
    private const uint LatticeEcp5Mask = 0x0FFF_FFFF & ~0x0000_7000u;

    private JtagChain(IReadOnlyList<JtagDevice> devices) => Devices = devices;

    /// <summary>The devices, the one nearest to TDO first.</summary>
    public IReadOnlyList<JtagDevice> Devices { get; }

    /// <summary>Resets the chain, and finds its devices, their IDCODEs and the lengths of their instruction registers.</summary>
    /// <param name="port">The port.</param>
    /// <param name="instructionBits">Lengths of instruction registers by IDCODE, for devices that this library does not know; may be null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: no chain answers, or what answers is none; the message says which
    /// line to look at. <see cref="BoardGoneException"/>: the adapter is gone.</exception>
    public static async ValueTask<JtagChain> ScanAsync(
        JtagPort port, IReadOnlyDictionary<uint, int>? instructionBits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(port);
        List<uint?> idCodes = await ScanIdCodesAsync(port, cancellationToken).ConfigureAwait(false);
        int total = await CountInstructionBitsAsync(port, cancellationToken).ConfigureAwait(false);
        int?[] lengths = [.. idCodes.Select(idCode => LengthOf(idCode, instructionBits))];
        int known = lengths.Sum() ?? 0;
        if (lengths.Count(length => length is null) == 1)
        {
            lengths[Array.IndexOf(lengths, null)] = total - known;
        }

        if (Array.TrueForAll(lengths, length => length is > 1) ? lengths.Sum() != total : known >= total)
        {
            throw Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"The instruction registers of the JTAG chain have {total} bits together, which its devices ({Describe(idCodes)}) do not add up to: the chain's wires are unreliable; use a shorter cable, or a slower clock."));
        }

        return new JtagChain([.. idCodes.Select((idCode, position) => new JtagDevice(position, idCode, lengths[position]))]);
    }

    /// <summary>The one device with an IDCODE.</summary>
    /// <param name="idCode">The IDCODE.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: there is none, or there are several; the message lists what is there.</exception>
    public JtagDevice Find(uint idCode)
    {
        JtagDevice[] found = [.. Devices.Where(device => device.IdCode == idCode)];
        return found.Length == 1
            ? found[0]
            : throw Fault(string.Create(
                CultureInfo.InvariantCulture,
                $"The JTAG chain has {(found.Length == 0 ? "no" : "more than one")} device with IDCODE 0x{idCode:x8}; it has {Describe([.. Devices.Select(device => device.IdCode)])}: this is another board, or a board of another part. Name the right board, or the bitstream that was built for it."));
    }

    private static async ValueTask<List<uint?>> ScanIdCodesAsync(JtagPort port, CancellationToken cancellationToken)
    {
        await port.ResetAsync(cancellationToken).ConfigureAwait(false);
        byte[] ones = new byte[4 * (MostDevices + 1)];
        Array.Fill(ones, (byte)0xFF);
        byte[] tdo = new byte[ones.Length];
        await port.ShiftDrAsync(ones, ones.Length * 8, tdo, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (Array.TrueForAll(tdo, value => value == 0))
        {
            throw Fault("TDO of the JTAG chain stays low: no device answers. Look at the board's power, at the cable, and whether TDO is shorted.");
        }

        List<uint?> found = [];
        int position = 0;
        while (!IsEnd(tdo, position))
        {
            if (found.Count == MostDevices)
            {
                throw Fault($"The JTAG chain has more than {MostDevices} devices, or TDO is noise: use a shorter cable, or a slower clock.");
            }

            // An IDCODE begins with 1, a bypass register is one bit that captures 0 (IEEE 1149.1, 10.1 and 12.1).
            bool hasIdCode = Bit(tdo, position);
            found.Add(hasIdCode ? Word(tdo, position) : null);
            position += hasIdCode ? 32 : 1;
        }

        return found.Count > 0
            ? found
            : throw Fault("TDO of the JTAG chain stays high: no device answers. Look at the board's power and at the cable; a part in reset does not answer either.");
    }

    /// <summary>Only ones follow, which are those that were shifted in: no IDCODE is all ones.</summary>
    private static bool IsEnd(byte[] tdo, int position) => position + 32 <= tdo.Length * 8 && Word(tdo, position) == uint.MaxValue;

    private static async ValueTask<int> CountInstructionBitsAsync(JtagPort port, CancellationToken cancellationToken)
    {
        // All ones first, which is bypass in every device; then a single zero shows how long the way is.
        byte[] tdi = new byte[2 * MostInstructionBits / 8];
        Array.Fill(tdi, (byte)0xFF);
        tdi[MostInstructionBits / 8] = 0xFE;
        byte[] tdo = new byte[tdi.Length];
        await port.ShiftIrAsync(tdi, tdi.Length * 8, tdo, cancellationToken: cancellationToken).ConfigureAwait(false);
        for (int bits = 0; bits < MostInstructionBits; bits++)
        {
            if (!Bit(tdo, MostInstructionBits + bits))
            {
                return bits;
            }
        }

        throw Fault("What goes into the JTAG chain does not come out of it: look at TDI and at the cable.");
    }

    private static int? LengthOf(uint? idCode, IReadOnlyDictionary<uint, int>? instructionBits) => idCode switch
    {
        { } code when instructionBits?.TryGetValue(code, out int length) == true => length,
        { } code when (code & LatticeEcp5Mask) == (0x0111_1043 & LatticeEcp5Mask) => Ecp5InstructionBits,
        _ => null,
    };

    private static string Describe(IReadOnlyList<uint?> idCodes) => string.Join(
        ", ", idCodes.Select(code => code is { } value ? string.Create(CultureInfo.InvariantCulture, $"0x{value:x8}") : "one without IDCODE"));

    private static bool Bit(byte[] bits, int position) => ((bits[position / 8] >> (position % 8)) & 1) != 0;

    private static uint Word(byte[] bits, int position)
    {
        uint word = 0;
        for (int bit = 0; bit < 32 && position + bit < bits.Length * 8; bit++)
        {
            word |= Bit(bits, position + bit) ? 1u << bit : 0;
        }

        return word;
    }

    private static OffloadException Fault(string message) => new(OffloadError.LinkFault, message);
}
