namespace Offload.Programming;

/// <summary>Why a bitstream was refused. The numbers are stable.</summary>
public enum BitstreamRejection
{
    /// <summary>The file does not start as a bitstream container does.</summary>
    NotABitstream = 1,

    /// <summary>The container has a format version that this build does not know.</summary>
    UnsupportedVersion = 2,

    /// <summary>The file ends before its own header says that it should.</summary>
    Truncated = 3,

    /// <summary>The file's contents are not those that were packed (or signed).</summary>
    Altered = 4,

    /// <summary>The file is whole, but what its header says contradicts itself or its payload.</summary>
    Malformed = 5,

    /// <summary>The bitstream is for another kind of board.</summary>
    WrongBoard = 6,

    /// <summary>The bitstream is for another part (JTAG IDCODE).</summary>
    WrongIdCode = 7,

    /// <summary>The bitstream has another register map than this build of the SDK.</summary>
    WrongMap = 8,

    /// <summary>The bitstream is signed, by a key that is not trusted here.</summary>
    WrongKey = 9,

    /// <summary>The bitstream is not signed, and its file is not the caller's alone.</summary>
    NotTrusted = 10,

    /// <summary>The payload is of a kind that this board cannot run.</summary>
    WrongPayload = 11,

    /// <summary>The board's flash has no whole golden image, without which its working image is not replaced.</summary>
    NoGoldenImage = 12,

    /// <summary>The payload is longer than its place in the board's flash.</summary>
    TooLong = 13,

    /// <summary>The image that would be replaced is the only one that the board starts from.</summary>
    OnlyImage = 14,
}
