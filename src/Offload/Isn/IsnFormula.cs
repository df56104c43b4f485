using System.Buffers.Binary;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Isn;

/// <summary>RFC 6528: ISN = M + F(tuple, key). M is a clock of 4 microseconds, F the lower half of SipHash-2-4; the upper half is the timestamp offset.</summary>
internal static class IsnFormula
{
    /// <summary>Bytes that are hashed: both addresses and both ports.</summary>
    public const int MessageLength = 36;

    /// <summary>Writes what is hashed.</summary>
    public static void WriteMessage(in ConnectionKey key, Span<byte> message)
    {
        key.LocalAddress.WriteTo(message);
        key.RemoteAddress.WriteTo(message[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[32..], key.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(message[34..], key.RemotePort);
    }

    /// <summary>What the core makes of a hash and a time.</summary>
    public static IsnValue Compute(IsnMode mode, uint fixedValue, ulong createdMicroseconds, ulong hash)
    {
        uint clock = unchecked((uint)(createdMicroseconds >> 2));
        uint iss = mode switch
        {
            IsnMode.Fixed => fixedValue,
            IsnMode.Counter => clock,
            _ => unchecked(clock + (uint)hash),
        };
        return new IsnValue(iss, (uint)(hash >> 32));
    }
}
