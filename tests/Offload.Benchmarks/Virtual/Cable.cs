using Offload.VirtualBoard.Ports;

namespace Offload.Benchmarks.Virtual;

/// <summary>
/// A cable between two kernels' TAP devices: a thread for each direction. What a kernel does with a frame, up to what it answers, it does within the
/// write that hands the frame over; so the host's work with handshakes is the time of the thread to the host.
/// </summary>
internal sealed class Cable : IDisposable
{
    private readonly Thread _toHost, _toClient;
    private volatile bool _stopping;
    private volatile int _hostThread;

    public Cable(TapPort client, TapPort host)
    {
        _toHost = new Thread(ToHost) { IsBackground = true, Name = "cable to host" };
        _toClient = new Thread(() => Copy(host, client)) { IsBackground = true, Name = "cable to client" };
        _toHost.Start();
        _toClient.Start();

        void ToHost()
        {
            _hostThread = Kernel.ThreadId();
            Copy(client, host);
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

    private void Copy(TapPort from, TapPort to)
    {
        var frame = new byte[16384];
        while (!_stopping)
        {
            int length = from.Read(frame);
            if (length > 0)
            {
                to.Write(frame.AsSpan(0, length));
            }
            else
            {
                Kernel.WaitReadable(from.Descriptor, 50);
            }
        }
    }
}
