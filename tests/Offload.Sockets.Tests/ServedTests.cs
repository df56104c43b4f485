using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Offload.Boards;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;
using Offload.Serving;

namespace Offload.Sockets.Tests;

/// <summary>Sockets for a process that works through the holder of the board.</summary>
public sealed class ServedTests : RigTest
{
    [SkippableFact]
    public async Task Another_process_accepts_connects_and_hands_back()
    {
        await using Scene scene = await Rig.BeginAsync();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("offload-sockets-");
        scene.Own(new Remover(() => directory.Delete(recursive: true)));
        OffloadBoardOptions options = new() { SocketPath = Path.Combine(directory.FullName, "board.sock") };
        await using ServedSocket socket = ServedSocket.Claim(scene.Board.Description.Id, options);
        await using BoardServer server = BoardServer.Start((HolderSession)scene.Board.Session, socket, 4, NullLogger.Instance);
        await using OffloadBoard board = await OffloadBoard.ConnectAsync(socket.SocketPath, options);
        Assert.False(board.IsHolder);

        await using OffloadListener listener = await board.ListenAsync(
            Scene.NewHostEndPoint(Ip.V4), new OffloadListenerOptions { Release = ReleaseMode.Watch });
        (Socket client, Socket accepted) = await scene.TalkAsync(listener);
        Assert.Equal(TcpState.FinWait1, (await accepted.ReturnToHardwareAsync(board, Transfer.Patiently)).State);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));

        Socket remote = scene.NewClient(Ip.V4);
        remote.Listen();
        Task<Socket> accepting = remote.AcceptAsync();
        using Socket opened = await board.ConnectSocketAsync((System.Net.IPEndPoint)remote.LocalEndPoint!);
        Socket peer = scene.Own(await accepting.WaitAsync(Scene.Patience));
        await Transfer.BothWaysAsync(peer, opened);
    }

    [SkippableFact]
    public async Task When_the_holder_goes_the_waiting_ends()
    {
        await using Scene scene = await Rig.BeginAsync();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("offload-sockets-");
        scene.Own(new Remover(() => directory.Delete(recursive: true)));
        OffloadBoardOptions options = new() { SocketPath = Path.Combine(directory.FullName, "board.sock") };
        await using ServedSocket socket = ServedSocket.Claim(scene.Board.Description.Id, options);
        BoardServer server = BoardServer.Start((HolderSession)scene.Board.Session, socket, 4, NullLogger.Instance);
        await using OffloadBoard board = await OffloadBoard.ConnectAsync(socket.SocketPath, options);
        await using OffloadListener listener = await board.ListenAsync(Scene.NewHostEndPoint(Ip.V4));
        (Socket client, Socket accepted) = await scene.TalkAsync(listener);
        using Socket owned = accepted;
        Task<Socket> accepting = listener.AcceptSocketAsync().AsTask();
        await server.DisposeAsync();
        await Assert.ThrowsAsync<BoardGoneException>(() => accepting.WaitAsync(Scene.Patience));
        await Transfer.BothWaysAsync(client, accepted);
        await scene.Board.Listeners.RemoveAsync(listener.Slot);
    }
}
