using Microsoft.Extensions.Logging;

namespace Offload.Boards;

/// <summary>How boards are found and opened.</summary>
public sealed class OffloadBoardOptions
{
    /// <summary>Stable id of the board to open, for <see cref="ServiceCollectionExtensions.AddOffload"/>; null: the only one there is.</summary>
    public string? BoardId { get; set; }

    /// <summary>Bitstream file that <see cref="OffloadBoardSource"/> loads where the board has none yet; null: none.</summary>
    public string? BitstreamPath { get; set; }

    /// <summary>Where boards are looked for, besides those that other processes serve.</summary>
    public IList<BoardProvider> Providers { get; } = [];

    /// <summary>Whether whoever opens a board serves it to this user's other processes. Default: true.</summary>
    public bool Serve { get; set; } = true;

    /// <summary>Folder of the sockets of served boards, mode 0700. Null: <c>OFFLOAD_RUNTIME_DIR</c>, else <c>/run/offload</c> for root,
    /// else <c>$XDG_RUNTIME_DIR/offload</c>, else <c>offload-UID</c> in the folder for temporary files.</summary>
    public string? RuntimeDirectory { get; set; }

    /// <summary>Path of the socket on which an opened board is served; null: named after the board, in the runtime folder.
    /// A socket elsewhere is found only by its path (<see cref="OffloadBoard.ConnectAsync"/>).</summary>
    public string? SocketPath { get; set; }

    /// <summary>Most connections of other processes to a served board at a time; each process has a few. 1 to 4096; default: 256.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>Whether a board opens although the core that it runs cannot be used (another register map, no answer), so that a bitstream can be loaded.
    /// Until then everything else throws what opening would have thrown. Default: false.</summary>
    public bool OpenUnusableCore { get; set; }

    /// <summary>How long a command, a table read or a counter snapshot may take before the link counts as broken. Default: 2 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a core may take to fill its memories after a reset or load. Default: 10 s.</summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the core may go without a sign of the process that holds it before it counts the host as lost, and every listener does what its
    /// <see cref="Listeners.ListenerOptions.HostLost"/> says. The holder gives a sign three times within it. Zero: never; else 100 ms to 1073 s.
    /// Default: 10 s. Only the holder's counts.</summary>
    public TimeSpan HostTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a process that serves a board may take to answer a client's first word.</summary>
    internal TimeSpan HelloTimeout { get; set; } = Serving.Protocol.HelloTimeout;

    /// <summary>Where logs go; null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }
}
