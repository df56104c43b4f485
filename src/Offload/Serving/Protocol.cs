namespace Offload.Serving;

/// <summary>
/// The protocol between a board's holder and its clients, over a unix stream socket. All numbers are little-endian.
/// </summary>
/// <remarks>
/// A frame is a length (4 bytes, of what follows), a code (2 bytes) and a body. The client begins with Hello and waits for its answer; then it sends
/// one request at a time. A request is answered by frames of code <see cref="ReplyCode.Part"/>, if any, and one of <see cref="ReplyCode.Done"/> or
/// <see cref="ReplyCode.Error"/>. After <see cref="RequestCode.Subscribe"/> is done, parts follow until either side closes; what the client sends
/// meanwhile, and while a bitstream is loaded or a connection is opened, ends the connection. Whoever receives what does not follow the protocol closes the connection.
/// Both sides check by SO_PEERCRED that the other is the same user's.
/// </remarks>
internal static class Protocol
{
    /// <summary>The letters OFLD, first byte in the least significant byte.</summary>
    public const uint Magic = 0x444C464F;

    /// <summary>Raised with every change; both sides must have the same.</summary>
    public const ushort Version = 3;

    /// <summary>Bytes before a body.</summary>
    public const int HeaderLength = 6;

    /// <summary>Longest body that a holder takes.</summary>
    public const int MaxRequest = 16 * 1024;

    /// <summary>Longest body that a client takes.</summary>
    public const int MaxReply = 1024 * 1024;

    /// <summary>Longest text in a frame, in bytes.</summary>
    public const int MaxText = 8 * 1024;

    /// <summary>How long a connection may take to say Hello, or to answer it: a process that has just started on a busy machine takes its time.</summary>
    public static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(30);
}

/// <summary>What a client asks for.</summary>
internal enum RequestCode : ushort
{
    Hello = 1,
    Identity = 2,
    Part = 3,
    Read = 4,
    Write = 5,
    Update = 6,
    Execute = 7,
    Table = 8,
    Counters = 9,
    Subscribe = 10,
    AddListener = 11,
    RemoveListener = 12,
    ListListeners = 13,
    GetIsn = 14,
    SetIsnMode = 15,
    SetIsnKey = 16,
    Load = 17,
    OpenConnection = 18,
    RotateCookieKey = 19,
    PlanLoad = 20,
}

/// <summary>What a holder answers with.</summary>
internal enum ReplyCode : ushort
{
    Done = 0x8000,
    Part = 0x8001,
    Error = 0x8002,
}
