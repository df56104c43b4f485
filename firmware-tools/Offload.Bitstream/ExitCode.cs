namespace Offload.Bitstream;

/// <summary>How the tool ended; the numbers are stable, the same as the command `offload` has, and listed in docs/bitstream.md.</summary>
internal enum ExitCode
{
    /// <summary>Done; with `verify`, the bitstream is good.</summary>
    Ok = 0,

    /// <summary>It did not work, for a reason that has no number of its own.</summary>
    Failed = 1,

    /// <summary>The command line, or a file that it names, is wrong.</summary>
    Usage = 2,

    /// <summary>The bitstream is refused.</summary>
    BitstreamRejected = 5,

    /// <summary>The operating system refuses.</summary>
    PermissionDenied = 6,
}
