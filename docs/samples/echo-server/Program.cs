using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Offload.Boards;
using Offload.Sockets;

using CancellationTokenSource end = new();
Action<PosixSignalContext> stop = signal => { signal.Cancel = true; end.Cancel(); };
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
await using OffloadBoard board = await OffloadBoard.OpenAsync(args.ElementAtOrDefault(1), new OffloadBoardOptions());
await using OffloadListener listener = await board.ListenAsync(IPEndPoint.Parse(args[0]));
Console.WriteLine($"Echoing on {listener.LocalEndPoint}; Ctrl+C ends it.");
while (!end.IsCancellationRequested)
{
    Task<Socket> accepting = listener.AcceptSocketAsync(end.Token).AsTask();
    await Task.WhenAny(accepting);
    _ = accepting.IsCanceled ? Task.CompletedTask : EchoAsync(await accepting);
}

static async Task EchoAsync(Socket socket)
{
    using NetworkStream stream = new(socket, ownsSocket: true);
    await stream.CopyToAsync(stream);
}
