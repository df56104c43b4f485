namespace Offload;

/// <summary>Stable codes of everything that can go wrong; the number and the name of a code never change.</summary>
public enum OffloadError
{
    /// <summary>The board has no bitstream loaded, so it has no registers. Load one first.</summary>
    NoBitstream = 1,

    /// <summary>No board has the wanted id; the message lists the boards that are there.</summary>
    BoardNotFound = 2,

    /// <summary>Several boards fit; the message lists them. Name one by its id.</summary>
    BoardAmbiguous = 3,

    /// <summary>Another process holds the board and does not serve it.</summary>
    BoardBusy = 4,

    /// <summary>The board, or the process that served it, went away. Open it again.</summary>
    BoardGone = 5,

    /// <summary>A bitstream was refused; the message says why. The board is as it was before.</summary>
    BitstreamRejected = 6,

    /// <summary>The loaded core was made from another register map than this library.</summary>
    RegisterMapMismatch = 7,

    /// <summary>A listener's end point is taken, by another listener or by a socket of the host's kernel.</summary>
    AddressInUse = 8,

    /// <summary>The operating system refuses; the message says what is needed.</summary>
    PermissionDenied = 9,

    /// <summary>No connection has this key and creation time (any more).</summary>
    CommandGone = 10,

    /// <summary>The command is not possible in the connection's state, or not in this version of the core.</summary>
    CommandUnsupported = 11,

    /// <summary>An argument is outside its range; nothing was done.</summary>
    InvalidArgument = 12,

    /// <summary>The link answered an access with an error, or not at all.</summary>
    LinkFault = 13,

    /// <summary>What came over the socket of a served board does not follow the protocol.</summary>
    ProtocolError = 14,

    /// <summary>This board, or this version, cannot do it.</summary>
    Unsupported = 15,

    /// <summary>A listener's address is not an address of the host behind the board.</summary>
    AddressNotAvailable = 16,

    /// <summary>Every listener slot of the core is in use.</summary>
    ListenersExhausted = 17,

    /// <summary>This process did not set the current ISN key, and keys cannot be read back.</summary>
    KeyNotHeld = 18,

    /// <summary>The peer refused an open (RFC 9293 3.10.7.3, rule A4); as a socket's ECONNREFUSED.</summary>
    ConnectionRefused = 19,

    /// <summary>The peer did not answer an open, however often its SYN was sent again (RFC 9293 3.8.3, rule A5); as a socket's ETIMEDOUT.</summary>
    ConnectionTimedOut = 20,

    /// <summary>The core has a connection of this key already; it may be in TIME-WAIT.</summary>
    ConnectionExists = 21,

    /// <summary>Every entry of the core's connection table is in use.</summary>
    TableFull = 22,

    /// <summary>The host behind the board has no route to the peer that leads through the board.</summary>
    NoRoute = 23,

    /// <summary>The next hop towards the peer does not answer the kernel's question for its MAC address.</summary>
    NextHopUnreachable = 24,

    /// <summary>An open was ended before it was answered: by an abort, a flush, or another bitstream.</summary>
    ConnectionAborted = 25,

    /// <summary>The initial sequence number of this connection does not follow from key, tuple and time alone, so it cannot be computed again.</summary>
    NotComputable = 26,

    /// <summary>A socket cannot go back to the board while bytes in it were not read, or not acknowledged by the peer; it is as it was.</summary>
    DataPending = 27,

    /// <summary>A load failed; the board starts and runs what it did before.</summary>
    LoadFailed = 28,

    /// <summary>A load failed, and the board has to be loaded again.</summary>
    BoardNeedsRecovery = 29,
}
