using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>What a client does in the midst of a handover.</summary>
public enum ClientMove
{
    /// <summary>It sends a few bytes.</summary>
    Data,

    /// <summary>It closes its side.</summary>
    Fin,

    /// <summary>It sends a few bytes and closes its side.</summary>
    DataAndFin,

    /// <summary>It resets the connection.</summary>
    Reset,
}

/// <summary>When it does it.</summary>
public enum HandoverPoint
{
    /// <summary>After ESTABLISHED, before the kernel has a socket.</summary>
    BeforeAdoption,

    /// <summary>When the kernel has a socket, before RELEASE.</summary>
    BeforeRelease,

    /// <summary>When RELEASE was answered, before anybody has the socket.</summary>
    AfterRelease,
}

/// <summary>When it does it, on the way back.</summary>
public enum ReturnPoint
{
    /// <summary>Before HOLD.</summary>
    BeforeHold,

    /// <summary>When HOLD was answered, before the kernel's socket is frozen.</summary>
    AfterHold,

    /// <summary>When the kernel has no socket any more, before TAKE.</summary>
    BeforeTake,

    /// <summary>When TAKE was answered, before CLOSE.</summary>
    AfterTake,
}

/// <summary>Races on purpose: the client's segment is at the board exactly at the point that the test names.</summary>
public sealed class RaceTests : RigTest
{
    private static readonly OffloadListenerOptions Watched = new() { Release = ReleaseMode.Watch };

    /// <summary>Every point with every move.</summary>
    public static TheoryData<HandoverPoint, ClientMove> Handovers() => Product<HandoverPoint>();

    /// <summary>Every point with every move.</summary>
    public static TheoryData<ReturnPoint, ClientMove> Returns() => Product<ReturnPoint>();

    [SkippableTheory]
    [MemberData(nameof(Handovers))]
    [Trait("Rule", "P9")]
    public async Task No_byte_is_lost_between_established_and_release(HandoverPoint point, ClientMove move)
    {
        await using Scene scene = await Rig.BeginAsync();
        InterceptedSession session = new(scene.Board.Session);
        using SocketAdopter adopter = await SocketAdopter.StartAsync(session, Logger, default);
        Listeners.Listener listener = await scene.ListenAsync(Ip.V4, options => options with { Mode = ListenerMode.Adopt });
        (Socket client, ConnectionRow row) = await scene.ConnectAsync(listener);
        Assert.Equal(Owner.Parked, row.Owner);
        async Task OnRelease(CommandCode code) => await (code == CommandCode.Release ? MoveAsync(scene, client, row.Key, move) : Task.CompletedTask);
        session.Before = point == HandoverPoint.BeforeRelease ? OnRelease : null;
        session.After = point == HandoverPoint.AfterRelease ? OnRelease : null;
        if (point == HandoverPoint.BeforeAdoption)
        {
            await MoveAsync(scene, client, row.Key, move);
        }

        Adoption adoption = await adopter.AdoptAsync(row, forget: false);
        if (move == ClientMove.Reset && point != HandoverPoint.AfterRelease)
        {
            Assert.Equal(AdoptionOutcome.Gone, adoption.Outcome);
            Assert.Empty(HostSockets(scene, listener.EndPoint.Port));
            await scene.GoneAsync(row.Key);
            return;
        }

        Assert.Equal(AdoptionOutcome.Adopted, adoption.Outcome);
        using Socket server = adoption.Socket!;
        if (move == ClientMove.Reset)
        {
            SocketException reset = await Assert.ThrowsAsync<SocketException>(() => server.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
            return;
        }

        if (move != ClientMove.Fin)
        {
            Assert.Equal("a race", await Transfer.ReadTextAsync(server, 6));
        }

        if (move != ClientMove.Data)
        {
            Assert.Equal(0, await server.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));
        }

        await server.SendAsync("still here"u8.ToArray());
        Assert.Equal("still here", await Transfer.ReadTextAsync(client, 10));
        Assert.DoesNotContain(scene.Trace.ToClient(row.Key), frame => frame.Segment.IsReset);
    }

    [SkippableTheory]
    [MemberData(nameof(Returns))]
    [Trait("Rule", "F12")]
    public async Task Nothing_is_lost_in_silence_between_hold_and_take(ReturnPoint point, ClientMove move)
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("time_wait", TimeSpan.FromMilliseconds(300));
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        using Socket owned = server;
        ConnectionKey key = Scene.KeyOf(client, listener.LocalEndPoint);
        bool moved = false;
        async Task On(CommandCode code, CommandCode wanted)
        {
            if (code == wanted && !moved)
            {
                moved = true;
                await MoveAsync(scene, client, key, move);
            }
        }

        InterceptedSession session = new(scene.Board.Session)
        {
            Before = code => On(code, point switch { ReturnPoint.BeforeHold => CommandCode.Hold, ReturnPoint.BeforeTake => CommandCode.Take, _ => CommandCode.Flush }),
            After = code => On(code, point switch { ReturnPoint.AfterHold => CommandCode.Hold, ReturnPoint.AfterTake => CommandCode.Take, _ => CommandCode.Flush }),
        };
        OffloadException? failure = null;
        try
        {
            await SocketExtensions.ReturnAsync(server, new BoardConnections(session), null, default);
        }
        catch (OffloadException exception)
        {
            failure = exception;
        }

        Assert.True(moved);
        string course = string.Join("; ", session.Commands);
        bool hasData = move is ClientMove.Data or ClientMove.DataAndFin;
        if (point == ReturnPoint.BeforeHold && hasData)
        {
            // It was the host's already: the socket is as it was.
            Assert.Equal(OffloadError.DataPending, failure?.Code);
            Assert.Equal("a race", await Transfer.ReadTextAsync(server, 6));
            server.LingerState = new LingerOption(enable: true, 0);
            server.Dispose();
        }
        else if (move == ClientMove.Reset)
        {
            Assert.True(failure?.Code is null or OffloadError.ConnectionAborted or OffloadError.CommandGone, $"{course}: {failure}");
        }
        else
        {
            // Data that meets the engine between TAKE and CLOSE has reset it already.
            Assert.True(failure is null || (hasData && point == ReturnPoint.AfterTake && failure.Code == OffloadError.ConnectionAborted), $"{course}: {failure}");
            if (hasData)
            {
                // Never acknowledged, and answered with RST when it comes again: the client knows.
                await Scene.UntilAsync(
                    () => TcpInfo.Of(client).State == KernelState.Close && scene.Trace.ToClient(key).Any(frame => frame.Segment.IsReset),
                    () => $"the client was reset; it is in {TcpInfo.Of(client).State}, and was sent {string.Join("; ", scene.Trace.ToClient(key).TakeLast(4))}");
            }
            else
            {
                await ReadToEndAsync(client);
            }
        }

        server.Dispose();
        if (move != ClientMove.Reset)
        {
            client.LingerState = new LingerOption(enable: false, 0);
            client.Dispose();
        }

        await scene.GoneAsync(key);
        await Scene.UntilAsync(() => scene.HostSockets(listener).Count == 0, () => $"the host's kernel keeps nothing: {string.Join("; ", scene.HostSockets(listener))}");
    }

    [SkippableFact]
    public async Task A_fin_that_the_ack_behind_it_has_overtaken_is_followed()
    {
        await using Scene scene = await Rig.BeginAsync();
        await using OffloadListener listener = await scene.AcceptingAsync(Ip.V4, Watched);
        (Socket client, Socket server) = await scene.TalkAsync(listener);
        ConnectionKey key = Scene.KeyOf(client, listener.LocalEndPoint);
        Kernel.Tests.Relay.ScriptedCable cable = new();
        cable.Write(key.RemotePort, (direction, segment) =>
            direction == Kernel.Tests.Relay.RelayDirection.ToBoard && segment.IsFin ? TimeSpan.FromMilliseconds(100)
            : direction == Kernel.Tests.Relay.RelayDirection.ToClient && segment.IsFin ? TimeSpan.FromMilliseconds(50)
            : TimeSpan.Zero);
        scene.Impairment = cable;

        // Both close at once: the client's FIN is late, and its ACK of ours goes past it.
        client.Shutdown(SocketShutdown.Send);
        server.Dispose();
        await scene.RowAsync(key, row => row.State == TcpState.TimeWait);
    }

    private static Microsoft.Extensions.Logging.ILogger Logger => Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    private static TheoryData<TPoint, ClientMove> Product<TPoint>()
        where TPoint : struct, Enum
    {
        TheoryData<TPoint, ClientMove> all = [];
        foreach (TPoint point in Enum.GetValues<TPoint>())
        {
            foreach (ClientMove move in Enum.GetValues<ClientMove>())
            {
                all.Add(point, move);
            }
        }

        return all;
    }

    private static IEnumerable<KernelSocket> HostSockets(Scene scene, int port) =>
        KernelSocket.List(scene.Rig.Host).Where(socket => socket.Local.Port == port);

    private static async Task ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(Scene.Patience);
        while (await socket.ReceiveAsync(new byte[64], limit.Token) > 0)
        {
        }
    }

    /// <summary>Makes the move, and waits until its last segment is at the board.</summary>
    private static async Task MoveAsync(Scene scene, Socket client, ConnectionKey key, ClientMove move)
    {
        int before = scene.Trace.FromClient(key).Count;
        if (move is ClientMove.Data or ClientMove.DataAndFin)
        {
            await client.SendAsync("a race"u8.ToArray());
        }

        if (move is ClientMove.Fin or ClientMove.DataAndFin)
        {
            client.Shutdown(SocketShutdown.Send);
        }

        if (move == ClientMove.Reset)
        {
            client.Dispose();
        }

        await Scene.UntilAsync(
            () => scene.Trace.FromClient(key).Skip(before).Any(frame => move switch
            {
                ClientMove.Data => frame.Segment.DataLength > 0,
                ClientMove.Reset => frame.Segment.IsReset,
                _ => frame.Segment.IsFin,
            }),
            () => $"the client's {move} is at the board");

        // The engine has judged it when it has answered a command that came after it.
        await scene.Board.Connections.GetAsync(key);
    }
}
