using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>Whether a frame passes.</summary>
/// <param name="frame">The frame.</param>
internal delegate bool FrameFilter(ReadOnlySpan<byte> frame);

/// <summary>
/// A cable between two kernels' TAP devices: a thread for each direction. What a kernel does with a frame, up to what it answers, it does within the
/// write that hands the frame over; so the host's work with handshakes is the time of the thread to the host.
/// </summary>
internal sealed class Cable : IDisposable
{
    private readonly Thread _toHost, _toClient;
    private volatile bool _stopping;
    private volatile int _hostThread;

    /// <summary>Lays it.</summary>
    /// <param name="client">The client's device.</param>
    /// <param name="host">The host's.</param>
    /// <param name="isForClient">Which frames of the host's reach the client; null: all.</param>
    public Cable(TapPort client, TapPort host, FrameFilter? isForClient = null)
    {
        _toHost = new Thread(ToHost) { IsBackground = true, Name = "cable to host" };
        _toClient = new Thread(() => Copy(host, client, isForClient)) { IsBackground = true, Name = "cable to client" };
        _toHost.Start();
        _toClient.Start();

        void ToHost()
        {
            _hostThread = Kernel.ThreadId();
            Copy(client, host, null);
        }
    }

    /// <summary>Processor time of the direction to the host, in seconds.</summary>
    public double HostTime => ThreadTimes.Of(_hostThread);

    public void Dispose()
    {
        _stopping = true;
        _toHost.Join();
        _toClient.Join();
    }

    private void Copy(TapPort from, TapPort to, FrameFilter? passes)
    {
        var frame = new byte[16384];
        while (!_stopping)
        {
            int length = from.Read(frame);
            if (length > 0)
            {
                if (passes?.Invoke(frame.AsSpan(0, length)) != false)
                {
                    to.Write(frame.AsSpan(0, length));
                }
            }
            else
            {
                Kernel.WaitReadable(from.Descriptor, 50);
            }
        }
    }
}
