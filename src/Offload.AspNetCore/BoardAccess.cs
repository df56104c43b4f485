using Microsoft.Extensions.DependencyInjection;
using Offload.Boards;

namespace Offload.AspNetCore;

/// <summary>The application's board: the one that the container has, else the source's.</summary>
/// <param name="services">The container.</param>
internal sealed class BoardAccess(IServiceProvider services)
{
    /// <summary>The board; opened by the first call, unless it is the container's.</summary>
    /// <exception cref="OffloadException">It cannot be opened.</exception>
    public ValueTask<OffloadBoard> GetAsync(CancellationToken cancellationToken) =>
        services.GetService<OffloadBoard>() is { } board
            ? ValueTask.FromResult(board)
            : services.GetRequiredService<OffloadBoardSource>().GetAsync(cancellationToken);
}
