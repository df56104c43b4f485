using Offload.Boards;
using Offload.Links;
using Offload.Programming;

namespace Offload.Board.Tests.Simulation;

/// <summary>A simulated board as the SDK sees a board: its registers over the pins of its link.</summary>
internal sealed class SimulatedHardware : BoardHardware
{
    private readonly StreamRegisterLink _link;

    private SimulatedHardware(string board, StreamRegisterLink link, HostPort? hostPort)
    {
        _link = link;
        HostPort = hostPort;
        Description = new BoardDescription(board, board, board, "simulated");
        Programmer = new Itself(board);
    }

    public override BoardDescription Description { get; }

    public override RegisterLink Link => _link;

    public override BoardProgrammer Programmer { get; }

    public override HostPort? HostPort { get; }

    internal static async Task<SimulatedHardware> OpenAsync(string board, SimulatedBoard simulated, HostPort? hostPort) =>
        new(board, await StreamRegisterLink.OpenAsync(new SimulatedStream(simulated), Patience.Link), hostPort);

    public override ValueTask DisposeAsync() => _link.DisposeAsync();

    /// <summary>The board is its bitstream.</summary>
    private sealed class Itself(string board) : BoardProgrammer
    {
        public override string BoardName => board;

        public override uint IdCode => 0x81112043;

        public override bool IsLoaded => true;

        public override BitstreamHeader? Loaded => null;

        public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            throw new OffloadException(OffloadError.Unsupported, "a simulated board is its bitstream");
    }
}

/// <summary>The board whose top level is simulated, for <see cref="OffloadBoard.OpenAsync"/>.</summary>
internal sealed class SimulatedProvider(string board, SimulatedBoard simulated) : BoardProvider
{
    /// <summary>The kernel's interface behind the host port, where there is one.</summary>
    internal HostPort? HostPort { get; init; }

    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) =>
        new([new BoardDescription(board, board, board, "simulated")]);

    public override async ValueTask<BoardHardware> OpenAsync(BoardDescription description, CancellationToken cancellationToken = default) =>
        await SimulatedHardware.OpenAsync(board, simulated, HostPort);
}

/// <summary>How long things may take where a second of the board is a quarter of an hour.</summary>
internal static class Patience
{
    internal static readonly TimeSpan Answer = TimeSpan.FromSeconds(60);

    internal static StreamRegisterLinkOptions Link => new() { AnswerTimeout = Answer };
}
