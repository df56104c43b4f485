using System.Threading.Channels;

namespace Offload.VirtualBoard.Usb;

/// <summary>Carries out the transfers of one endpoint one after the other, as a host controller does.</summary>
internal sealed class UsbEndpointQueue
{
    private readonly Channel<Func<Task>> _work = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });

    internal UsbEndpointQueue() => Ended = Task.Run(RunAsync);

    /// <summary>Ends once the queue is closed and empty.</summary>
    internal Task Ended { get; }

    /// <summary>Adds a transfer, which reports its own failures.</summary>
    internal void Add(Func<Task> transfer) => _work.Writer.TryWrite(transfer);

    /// <summary>Takes no more.</summary>
    internal void Close() => _work.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (Func<Task> transfer in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await transfer().ConfigureAwait(false);
        }
    }
}
