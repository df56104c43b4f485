using System.Net.Sockets;
using Offload.Connections;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>The core's own event queue, full: the host does not empty it for a while.</summary>
public sealed class OverflowTests : RigTest
{
    private const int AtOnce = 50;

    [SkippableFact]
    public async Task Connections_whose_events_the_core_lost_are_found_in_the_table()
    {
        await using Scene scene = await Rig.BeginAsync();
        await scene.SetTimerAsync("adoption_timeout", TimeSpan.FromMinutes(5));
        await using OffloadListener listener = await scene.AcceptingAsync(
            Ip.V4, new OffloadListenerOptions { Release = ReleaseMode.Watch, Backlog = 2 * AtOnce });

        // No interrupt: nobody empties the queue.
        await scene.Board.Registers.WriteAsync("control.interrupt_enable.event", 0);
        int depth = (await scene.Board.GetIdentityAsync()).EventDepth;
        for (int passed = 0; await scene.CountAsync(CounterId.EventsLost) == 0; passed += AtOnce)
        {
            Assert.True(passed < depth, $"{passed} connections came and went, and the queue of {depth} events is not full");
            Socket[] passing = await ConnectAsync(scene, listener);
            foreach (Socket client in passing)
            {
                client.Dispose();
            }

            try
            {
                await Scene.UntilAsync(async () => (await scene.Board.GetStatusAsync()).EntriesInUse == 0, () => "those that pass have gone");
            }
            catch (TimeoutException exception)
            {
                // Seen once, in a CI: what passed the board tells why.
                ConnectionSnapshot left = await scene.Board.Connections.SnapshotAsync();
                throw new TimeoutException(string.Join("; ", await Task.WhenAll(left.Rows.ToArray().Select(row => scene.AccountAsync(row.Key)))), exception);
            }
        }

        ulong before = await scene.CountAsync(CounterId.EventsLost);
        Socket[] clients = await ConnectAsync(scene, listener);
        foreach (Socket client in clients)
        {
            scene.Own(client);
            await client.SendAsync("lost"u8.ToArray());
            await scene.RowAsync(Scene.KeyOf(client, listener.LocalEndPoint), row => row.Owner == Owner.Parked);
        }

        // Not one of their events has found room.
        Assert.True(await scene.CountAsync(CounterId.EventsLost) >= before + AtOnce, $"{await scene.CountAsync(CounterId.EventsLost)} events lost, {before} of them before");
        Assert.Equal(0, listener.Statistics.Adopted);
        await scene.Board.Registers.WriteAsync("control.interrupt_enable.event", 1);
        for (int i = 0; i < AtOnce; i++)
        {
            using Socket server = await listener.AcceptAsync();
            Assert.Equal("lost", await Transfer.ReadTextAsync(server, 4));
            await server.SendAsync("found"u8.ToArray());
        }

        foreach (Socket client in clients)
        {
            Assert.Equal("found", await Transfer.ReadTextAsync(client, 5));
        }

        Assert.Equal(AtOnce, listener.Statistics.Adopted);
        Assert.Equal(0, listener.Statistics.Aborted + listener.Statistics.LeftToKernel);

        // Events that come later are heard as before, when the old ones have been.
        for (uint left = uint.MaxValue, now = 0; left > 0; left = now)
        {
            await Scene.UntilAsync(async () => (now = await scene.Board.Registers.ReadAsync("event.status.available")) < left, () => $"the queue is emptied; {now} are left");
        }

        (Socket _, Socket next) = await scene.TalkAsync(listener);
        next.Dispose();
    }

    private static async Task<Socket[]> ConnectAsync(Scene scene, OffloadListener listener)
    {
        Socket[] clients = [.. Enumerable.Range(0, AtOnce).Select(_ => scene.Rig.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)))];
        foreach (Socket client in clients)
        {
            client.LingerState = new LingerOption(enable: true, 0);
            client.Bind(new System.Net.IPEndPoint(KernelRig.ClientAddress(Ip.V4), 0));
        }

        await Task.WhenAll(clients.Select(client => Scene.ConnectAsync(client, listener.LocalEndPoint)));
        return clients;
    }
}
