using Offload.Boards;
using Offload.Connections;
using Offload.Listeners;

namespace Offload.Tests.Contract;

/// <summary>A board that the contract is tested on: the holder's own object or a client's, over a fake core or a real one.</summary>
public abstract class BoardUnderTest : IAsyncDisposable
{
    /// <summary>What is tested.</summary>
    public abstract OffloadBoard Board { get; }

    /// <summary>A listener that the board's host can bind, untagged, with all defaults.</summary>
    public abstract ListenerOptions ListenerOn(int port);

    /// <summary>Lets a peer open a connection with a listener; it is ESTABLISHED when this returns.</summary>
    public abstract ValueTask<ConnectionKey> EstablishAsync(Listener listener, int remotePort);

    /// <summary>An open whose peer is the test.</summary>
    public abstract ConnectionOpenOptions OpenTo(int remotePort);

    /// <summary>Waits for an open's SYN and answers it: SYN,ACK, or RST.</summary>
    public abstract ValueTask AnswerOpenAsync(ConnectionOpenOptions options, bool accept);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Board.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
