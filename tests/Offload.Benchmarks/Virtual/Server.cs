using Offload.Cli.Demo;

namespace Offload.Benchmarks.Virtual;

/// <summary>A server of the host's kernel that accepts what connects, may send it a byte, and closes it.</summary>
internal sealed class Server : IDisposable
{
    private readonly int _listener;
    private readonly Thread _thread;
    private readonly bool _greet;
    private volatile bool _stopping;
    private volatile int _threadId;

    public Server(NetworkNamespace host, bool greet = false)
    {
        _greet = greet;
        _listener = host.Run(() => Kernel.Listen(Net.Host, Net.Port));
        _thread = new Thread(Serve) { IsBackground = true, Name = "server" };
        _thread.Start();
    }

    /// <summary>Processor time of accepting, in seconds.</summary>
    public double Time => ThreadTimes.Of(_threadId);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _ = Kernel.Close(_listener);
    }

    private void Serve()
    {
        _threadId = Kernel.ThreadId();
        while (!_stopping)
        {
            Kernel.AcceptAndClose(_listener, _greet);
        }
    }
}
