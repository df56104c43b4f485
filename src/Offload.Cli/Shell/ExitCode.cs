namespace Offload.Cli.Shell;

/// <summary>How a command ended; the numbers are stable and listed in docs/cli.md.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>It did not work, for a reason that has no number of its own.</summary>
    Failed = 1,

    /// <summary>The command line is wrong; nothing was opened.</summary>
    Usage = 2,

    /// <summary>There is no such board, there are several, or it went away.</summary>
    BoardNotFound = 3,

    /// <summary>The board has no bitstream.</summary>
    NoBitstream = 4,

    /// <summary>The bitstream was refused; the board is as it was.</summary>
    BitstreamRejected = 5,

    /// <summary>The operating system refuses.</summary>
    PermissionDenied = 6,

    /// <summary>Another process has the board, or the end point is taken.</summary>
    Busy = 7,

    /// <summary>Board and this program do not fit together, or a check found a difference.</summary>
    Mismatch = 8,

    /// <summary>There is no such connection, listener or register.</summary>
    NoSuchItem = 9,

    /// <summary>The peer refused a connection.</summary>
    ConnectionRefused = 10,

    /// <summary>The peer did not answer in time.</summary>
    TimedOut = 11,

    /// <summary>There is no way to the peer: no route, or a next hop that does not answer.</summary>
    Unreachable = 12,

    /// <summary>A load failed; the board starts and runs what it did before.</summary>
    LoadFailed = 13,

    /// <summary>A load failed; the board has to be loaded again.</summary>
    NeedsRecovery = 14,

    /// <summary>Ctrl-C or SIGTERM came first.</summary>
    Interrupted = 130,

    /// <summary>Whoever read the output has gone (as SIGPIPE).</summary>
    OutputClosed = 141,
}
