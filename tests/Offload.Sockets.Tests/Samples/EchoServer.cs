using System.Net;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Sockets;

internal static class EchoServer
{
    internal static async Task RunAsync(OffloadBoard board, IPEndPoint endPoint, CancellationToken end)
    {
        await using OffloadListener listener = await board.ListenAsync(endPoint, cancellationToken: end);
        while (true)
        {
            _ = EchoAsync(await listener.AcceptSocketAsync(end));
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        using Socket owned = socket;
        byte[] buffer = new byte[4096];
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;)
        {
            await socket.SendAsync(buffer.AsMemory(0, read));
        }
    }
}
