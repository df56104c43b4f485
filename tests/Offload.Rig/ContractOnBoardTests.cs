using System.Runtime.Versioning;
using Offload.Boards;
using Offload.Links;
using Offload.Tests.Contract;

[assembly: SupportedOSPlatform("linux")]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Offload.Rig;

/// <summary>The SDK's contract on the configured board, by its holder.</summary>
public sealed class HolderOnBoardTests : BoardContractTests
{
    protected override async ValueTask<BoardUnderTest> OpenAsync() => await RigBoard.OpenAsync(throughSocket: false);
}

/// <summary>The SDK's contract on the configured board, through the holder's socket.</summary>
public sealed class ClientOnBoardTests : BoardContractTests
{
    protected override async ValueTask<BoardUnderTest> OpenAsync() => await RigBoard.OpenAsync(throughSocket: true);
}

/// <summary>The link's contract on the configured board.</summary>
public sealed class LinkOnBoardTests : LinkContractTests
{
    protected override async ValueTask<LinkUnderTest> OpenAsync() => new OpenLink(await RigBoard.OpenHardwareAsync());

    private sealed class OpenLink(BoardHardware board) : LinkUnderTest
    {
        public override RegisterLink Link => board.Link;

        public override ValueTask DisposeAsync() => board.DisposeAsync();
    }
}
