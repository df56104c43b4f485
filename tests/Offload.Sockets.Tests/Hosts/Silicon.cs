using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Offload.Links;
using Offload.Registers;

namespace Offload.Sockets.Tests.Hosts;

/// <summary>
/// A board that outlives its hosts, as one of silicon does: its registers are open to other processes on a socket, and the test sees, and may stop, what
/// they do there.
/// </summary>
internal sealed class Silicon : IAsyncDisposable
{
    internal const uint Read = 1;
    internal const uint Write = 2;
    internal const uint WaitForInterrupt = 3;

    /// <summary>Kind, address and number of words of a request.</summary>
    internal const int HeadLength = 12;

    private readonly RegisterLink _link;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offload-silicon-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile int _stopAt = -1;

    internal Silicon(RegisterLink link)
    {
        _link = link;
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the registers are.</summary>
    internal string SocketPath => Path.Combine(_folder.FullName, "registers");

    /// <summary>From now on a command of this kind never reaches the core: who gives it waits for ever.</summary>
    /// <param name="code">Which one.</param>
    /// <returns>Ends as soon as one was to be given.</returns>
    internal Task StopAt(CommandCode code)
    {
        _stopAt = (int)code;
        return _stopped.Task;
    }

    /// <summary>Lets commands pass again.</summary>
    internal void PassAll() => _stopAt = -1;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task AcceptAsync()
    {
        List<Task> all = [];
        try
        {
            while (true)
            {
                all.Add(ServeAsync(await _listener.AcceptAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(all);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using NetworkStream stream = new(socket, ownsSocket: true);
        byte[] head = new byte[HeadLength];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(head, _end.Token);
                uint address = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
                uint[] words = new uint[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8))];
                byte[] bytes = new byte[words.Length * sizeof(uint)];
                switch (BinaryPrimitives.ReadUInt32LittleEndian(head))
                {
                    case Read:
                        await _link.ReadAsync(address, words, _end.Token);
                        MemoryMarshal.AsBytes(words.AsSpan()).CopyTo(bytes);
                        await stream.WriteAsync(bytes, _end.Token);
                        break;
                    case Write:
                        await stream.ReadExactlyAsync(bytes, _end.Token);
                        bytes.CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
                        await PassAsync(address, words);
                        await _link.WriteAsync(address, words, _end.Token);
                        await stream.WriteAsync(new byte[1], _end.Token);
                        break;
                    default:
                        await WaitAsync(stream);
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or EndOfStreamException or IOException)
        {
            // The host, or the test, has ended.
        }
    }

    /// <summary>Waits for the interrupt, or for the end of whoever asked.</summary>
    private async Task WaitAsync(NetworkStream stream)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        Task<int> ending = stream.ReadAsync(new byte[1], gone.Token).AsTask();
        Task waiting = _link.WaitForInterruptAsync(gone.Token).AsTask();
        bool high = await Task.WhenAny(waiting, ending) == waiting;
        await gone.CancelAsync();
        await Task.WhenAll(ending, waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!high)
        {
            throw new EndOfStreamException();
        }

        await stream.WriteAsync(new byte[1], _end.Token);
    }

    private async Task PassAsync(uint address, uint[] words)
    {
        int go = ((int)RegisterMap.Command.Go.Address - (int)address) / sizeof(uint);
        if (address <= RegisterMap.Command.Go.Address && go < words.Length && RegisterMap.Command.Go.Code.Get(words[go]) == _stopAt)
        {
            _stopped.TrySetResult();
            await Task.Delay(Timeout.Infinite, _end.Token);
        }
    }
}
