using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Connections;
using Offload.Counters;
using Offload.Engine.Tests.Frames;
using Offload.Isn;
using Offload.Kernel.Tests.Relay;
using Offload.Listeners;
using Offload.Registers;

namespace Offload.Kernel.Tests.Bench;

/// <summary>One test on the rig: what it opens and changes is closed and set back at its end.</summary>
internal sealed class Scene : IAsyncDisposable
{
    /// <summary>How long anything may take: more than a machine that has much other work needs, for nothing waits longer than it has to.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The engine's first timeout, where a test sets no other.</summary>
    private static readonly TimeSpan QuietTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Another port for every listener.</summary>
    private static int NextPort = 20_000;

    private readonly KernelRig _rig;
    private readonly ConnectionSubscription _events;
    private readonly CounterSnapshot _before;
    private readonly List<ConnectionEvent> _seen = [];
    private readonly Stack<Func<ValueTask>> _undo = new();
    private readonly Lock _undoLock = new();

    private Scene(KernelRig rig, ConnectionSubscription events, CounterSnapshot before)
    {
        _rig = rig;
        _events = events;
        _before = before;
    }

    internal OffloadBoard Board => _rig.Board;

    internal KernelRig Rig => _rig;

    internal Trace Trace => _rig.Trace;

    /// <summary>What happens to frames between the client and the board; null: nothing.</summary>
    internal Impairment? Impairment
    {
        get => _rig.Relay.Impairment;
        set => _rig.Relay.Impairment = value;
    }

    internal static async Task<Scene> BeginAsync(KernelRig rig)
    {
        Assert.Equal(0, (await rig.Board.Connections.SnapshotAsync()).Count);
        Assert.Empty(await rig.Board.Listeners.ListAsync());
        rig.Trace.Clear();
        // Tests whose cable loses what the engine sends have a shorter one: in all others nothing is to come twice because the machine was busy.
        await rig.Board.Timers.SetAsync("rto_initial", QuietTimeout);
        ConnectionSubscription events = await rig.Board.Connections.SubscribeAsync();
        return new Scene(rig, events, await rig.Board.Counters.SnapshotAsync());
    }

    /// <summary>Lets the engine listen on a port of its own.</summary>
    internal async Task<Listener> ListenAsync(Ip ip, Func<ListenerOptions, ListenerOptions>? change = null)
    {
        ListenerOptions options = new() { EndPoint = NewHostEndPoint(ip) };
        Listener listener = await Board.Listeners.AddAsync(change is null ? options : change(options));
        OnEnd(async () => await Board.Listeners.RemoveAsync(listener));
        return listener;
    }

    /// <summary>An end point of the host that nothing uses.</summary>
    internal static IPEndPoint NewHostEndPoint(Ip ip) => new(KernelRig.HostAddress(ip), Interlocked.Increment(ref NextPort));

    /// <summary>A socket of the client's kernel, bound to its address. Closed with RST at the scene's end.</summary>
    /// <param name="ip">Version of IP.</param>
    /// <param name="port">Its port; 0: one that is free.</param>
    internal Socket NewClient(Ip ip, int port = 0)
    {
        Socket socket = Own(_rig.Client.Run(() => new Socket(KernelRig.ClientAddress(ip).AddressFamily, SocketType.Stream, ProtocolType.Tcp)));
        socket.NoDelay = true;
        socket.LingerState = new LingerOption(enable: true, 0);
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.SendTimeout = (int)Patience.TotalMilliseconds;
        socket.Bind(new IPEndPoint(KernelRig.ClientAddress(ip), port));
        return socket;
    }

    /// <summary>Disposes something at the scene's end.</summary>
    internal T Own<T>(T thing)
        where T : IDisposable
    {
        OnEnd(() =>
        {
            thing.Dispose();
            return ValueTask.CompletedTask;
        });
        return thing;
    }

    /// <summary>Connects a new client and waits until the engine has seen the last ACK.</summary>
    internal async Task<(Socket Client, ConnectionRow Row)> ConnectAsync(Listener listener, int port = 0)
    {
        Ip ip = listener.EndPoint.AddressFamily == AddressFamily.InterNetwork ? Ip.V4 : Ip.V6;
        Socket client = NewClient(ip, port);
        await ConnectAsync(client, listener.EndPoint);
        return (client, await RowAsync(KeyOf(client, listener.EndPoint), row => row.State == TcpState.Established));
    }

    /// <summary>Connects a client.</summary>
    /// <exception cref="SocketException">As the kernel says.</exception>
    internal static async Task ConnectAsync(Socket client, IPEndPoint server)
    {
        using CancellationTokenSource limit = new(Patience);
        await client.ConnectAsync(server, limit.Token);
    }

    /// <summary>Connects a client that is reset as soon as it is connected: so soon that the connect may meet it.</summary>
    /// <exception cref="TimeoutException">It was not reset.</exception>
    internal static async Task ConnectToBeResetAsync(Socket client, IPEndPoint server)
    {
        SocketException reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await ConnectAsync(client, server);
            await client.ReceiveAsync(new byte[1]).WaitAsync(Patience);
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    /// <summary>Key of the connection that a bound client has, or will have.</summary>
    internal static ConnectionKey KeyOf(Socket client, IPEndPoint server) =>
        ConnectionKey.FromEndPoints(server, (IPEndPoint)client.LocalEndPoint!);

    /// <summary>Waits until a connection's row is as wanted.</summary>
    internal async Task<ConnectionRow> RowAsync(ConnectionKey key, Func<ConnectionRow, bool> wanted)
    {
        ConnectionRow? row = null;
        await UntilAsync(async () => (row = await Board.Connections.GetAsync(key)) is { } found && wanted(found), () => $"the row of {key} became as wanted; it is {row?.ToString() ?? "not there"}");
        return row!.Value;
    }

    /// <summary>What is known of a connection: its row, the segments that passed the board's ports, and what the core has counted since. For the message of a test that fails.</summary>
    internal async Task<string> AccountAsync(ConnectionKey key)
    {
        ConnectionRow? row = await Board.Connections.GetAsync(key);
        IEnumerable<TracedFrame> frames = Trace.FromClient(key).Concat(Trace.ToClient(key)).Concat(Trace.AtHost(key)).OrderBy(frame => frame.Microseconds);
        CounterSnapshot counted = await Board.Counters.SnapshotAsync();
        IEnumerable<CounterId> counters = Enumerable.Range(0, counted.Count).Select(i => (CounterId)i).Where(counter => counted[counter] != _before[counter]);
        return $"{key}: {row?.ToString() ?? "no row"}; {string.Join(", ", counters.Select(counter => $"{counter} {counted[counter] - _before[counter]}"))}; {string.Join(", ", frames.Select(frame => $"{frame.Microseconds} us {frame.Port} {(frame.FromBoard ? "out" : "in")} {frame.Segment}"))}";
    }

    /// <summary>Waits until a connection has no row.</summary>
    internal Task GoneAsync(ConnectionKey key) =>
        UntilAsync(async () => await Board.Connections.GetAsync(key) is null, () => $"the row of {key} went");

    /// <summary>Waits for an event of a connection.</summary>
    internal async Task<ConnectionEvent> EventAsync(ConnectionKey key, Func<ConnectionEvent, bool> wanted)
    {
        using CancellationTokenSource limit = new(Patience);
        int next = 0;
        while (true)
        {
            for (; next < _seen.Count; next++)
            {
                if (_seen[next].Connection.Key == key && wanted(_seen[next]))
                {
                    return _seen[next];
                }
            }

            try
            {
                _seen.Add(await _events.ReadAsync(limit.Token));
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no such event of {key}; seen: {string.Join("; ", _seen.Select(e => $"{e.Connection.Key} {e.Connection.State} {e.Reason}"))}");
            }
        }
    }

    /// <summary>All events of a connection up to now that a wait has come by.</summary>
    internal IReadOnlyList<ConnectionEvent> EventsOf(ConnectionKey key) => [.. _seen.Where(e => e.Connection.Key == key)];

    /// <summary>What a counter has counted since the scene began.</summary>
    internal async Task<ulong> CountAsync(CounterId counter) => (await Board.Counters.SnapshotAsync())[counter] - _before[counter];

    /// <summary>Waits until a counter has counted so much.</summary>
    internal async Task CountedAsync(CounterId counter, ulong atLeast)
    {
        ulong count = 0;
        await UntilAsync(async () => (count = await CountAsync(counter)) >= atLeast, () => $"{counter} reached {atLeast}; it is {count}");
    }

    /// <summary>Waits until something is so.</summary>
    internal static Task UntilAsync(Func<bool> condition, Func<string> what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until something is so.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"not within {Patience.TotalSeconds} s: {what()}");
            }

            await Task.Delay(2);
        }
    }

    /// <summary>Sets a parameter of the client's kernel for this scene.</summary>
    /// <param name="path">Path below /proc/sys.</param>
    /// <param name="value">Its value.</param>
    /// <param name="optional">Whether a kernel without it will do.</param>
    internal void SetClientParameter(string path, string value, bool optional = false)
    {
        if (optional && !_rig.Client.Run(() => File.Exists("/proc/sys/" + path)))
        {
            return;
        }

        string former = _rig.Client.Run(() => File.ReadAllText("/proc/sys/" + path)).Trim();
        _rig.Client.SetParameter(path, value);
        OnEnd(() =>
        {
            _rig.Client.SetParameter(path, former);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Sets a register of the engine for this scene, by name.</summary>
    internal async Task SetRegisterAsync(string name, uint value)
    {
        uint former = await Board.Registers.ReadAsync(name);
        await Board.Registers.WriteAsync(name, value);
        OnEnd(() => Board.Registers.WriteAsync(name, former));
    }

    /// <summary>Sets a timer of the engine for this scene.</summary>
    internal async Task SetTimerAsync(string name, TimeSpan time)
    {
        TimeSpan former = await Board.Timers.GetTimeAsync(name);
        await Board.Timers.SetAsync(name, time);
        OnEnd(() => Board.Timers.SetAsync(name, former));
    }

    /// <summary>Sets a limit of the engine for this scene.</summary>
    internal async Task SetTimerAsync(string name, int count)
    {
        int former = await Board.Timers.GetCountAsync(name);
        await Board.Timers.SetAsync(name, count);
        OnEnd(() => Board.Timers.SetAsync(name, former));
    }

    /// <summary>Sets how ISNs are made for this scene.</summary>
    internal async Task SetIsnModeAsync(IsnMode mode, uint? fixedValue)
    {
        await Board.Isn.SetModeAsync(mode, fixedValue);
        OnEnd(() => Board.Isn.SetModeAsync(IsnMode.Rfc6528));
    }

    /// <summary>A sender of frames past the client's TCP.</summary>
    internal PacketSender NewSender() => Own(_rig.Client.Run(() => PacketSender.Open(KernelRig.NetTap)));

    /// <summary>A segment from the client's addresses for a connection, to be completed.</summary>
    internal TcpFrame SegmentOf(ConnectionKey key, TcpFlags flags, uint sequence, uint acknowledgment = 0) => new()
    {
        DestinationMac = _rig.Hardware.HostPort!.MacAddress.Value,
        SourceMac = _rig.Hardware.NetPort!.MacAddress.Value,
        Source = key.RemoteAddress.Value,
        SourcePort = key.RemotePort,
        Destination = key.LocalAddress.Value,
        DestinationPort = key.LocalPort,
        Flags = flags,
        Seq = sequence,
        Ack = acknowledgment,
    };

    private void OnEnd(Func<ValueTask> undo)
    {
        // Clients are made by many at a time.
        lock (_undoLock)
        {
            _undo.Push(undo);
        }
    }

    private Func<ValueTask>? NextUndo()
    {
        lock (_undoLock)
        {
            return _undo.TryPop(out Func<ValueTask>? undo) ? undo : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Impairment = null;
        List<Exception> failures = [];
        while (NextUndo() is { } undo)
        {
            await TryAsync(undo);
        }

        await TryAsync(() => _events.DisposeAsync());
        // What is left: the listeners have gone, so nothing comes after.
        await TryAsync(() => Board.Connections.FlushAsync());
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

        async Task TryAsync(Func<ValueTask> action)
        {
            try
            {
                await action();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }
    }
}
