using Offload.Boards;
using Offload.Links;
using Offload.Programming;

namespace Offload.Tests.Fakes;

/// <summary>A board around a <see cref="FakeCore"/>.</summary>
internal sealed class FakeBoard(FakeCore core, string id, HostPort? hostPort) : BoardHardware
{
    private readonly FakeProgrammer _programmer = new(core);

    public bool IsDisposed { get; private set; }

    public override BoardDescription Description { get; } = new(id, "fake", "Fake board", "in this test");

    public override RegisterLink Link => core;

    public override BoardProgrammer Programmer => _programmer;

    public override HostPort? HostPort => hostPort;

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }
}

/// <summary>Takes any container whose version is not <c>0.0.13</c>.</summary>
internal sealed class FakeProgrammer(FakeCore core) : BoardProgrammer
{
    private BitstreamHeader? _loaded;

    public override string BoardName => "fake";

    public override uint IdCode => 0x12345678;

    public override bool IsLoaded => core.IsLoaded;

    public override BitstreamHeader? Loaded => _loaded;

    public override async ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        progress?.Report(new LoadProgress(LoadStage.Verifying, 0, file.Payload.Length));
        if (file.Header.Version == "0.0.13")
        {
            throw new BitstreamRejectedException(BitstreamRejection.WrongKey, "the fake board refuses 0.0.13");
        }

        if (file.Header.Version == "0.0.99")
        {
            // Takes until it is cancelled.
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        core.Reset();
        core.IsLoaded = true;
        _loaded = file.Header;
        progress?.Report(new LoadProgress(LoadStage.Done, file.Payload.Length, file.Payload.Length));
    }
}

/// <summary>Finds the boards that a test gives it.</summary>
internal sealed class FakeProvider(params FakeBoard[] boards) : BoardProvider
{
    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) =>
        new([.. boards.Select(board => board.Description)]);

    public override ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default) =>
        new(boards.First(candidate => candidate.Description.Id == board.Id));
}
