using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Offload.Boards;
using Offload.Engine.Tests.Harness;
using Offload.Kernel.Tests.Bench;
using Offload.Serving;

namespace Offload.Sockets.Tests;

/// <summary>The sample of docs/sockets.md is a project that is built, and it runs.</summary>
public sealed class SampleTests : RigTest
{
    private const int MostLines = 29;

    [Fact]
    public void The_guide_shows_the_sample_that_is_built()
    {
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "docs", "samples", "echo-server", "Program.cs"));
        Assert.Contains(sample, File.ReadAllText(Path.Combine(Repository.Root, "docs", "sockets.md")), StringComparison.Ordinal);
        Assert.InRange(sample.Count(character => character == '\n'), 1, MostLines);
    }

    [SkippableFact]
    public async Task The_sample_runs_beside_the_boards_holder()
    {
        await using Scene scene = await Rig.BeginAsync();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("offload-sample-");
        scene.Own(new Remover(() => directory.Delete(recursive: true)));
        await using ServedSocket socket = ServedSocket.Claim(scene.Board.Description.Id, new OffloadBoardOptions { RuntimeDirectory = directory.FullName });
        await using BoardServer server = BoardServer.Start((HolderSession)scene.Board.Session, socket, 4, NullLogger.Instance);
        IPEndPoint endPoint = Scene.NewHostEndPoint(Ip.V4);
        string built = Path.Combine(AppContext.BaseDirectory, "..", "..", "EchoServer", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "EchoServer.dll");
        Process sample = Process.Start(new ProcessStartInfo("dotnet", [built, endPoint.ToString(), scene.Board.Description.Id])
        {
            RedirectStandardOutput = true,
            Environment = { ["OFFLOAD_RUNTIME_DIR"] = directory.FullName },
        })!;
        scene.Own(new Remover(() =>
        {
            if (!sample.HasExited)
            {
                sample.Kill();
                sample.WaitForExit();
            }

            sample.Dispose();
        }));
        Assert.Contains(endPoint.ToString(), await sample.StandardOutput.ReadLineAsync().WaitAsync(Scene.Patience), StringComparison.Ordinal);
        Socket client = scene.NewClient(Ip.V4);
        await Scene.ConnectAsync(client, endPoint);
        await client.SendAsync("echo"u8.ToArray());
        Assert.Equal("echo", await Transfer.ReadTextAsync(client, 4));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Scene.Patience));

        // A shell's background jobs ignore SIGINT, and so does what they start.
        using Process terminate = Process.Start("kill", ["-TERM", sample.Id.ToString(CultureInfo.InvariantCulture)]);
        await sample.WaitForExitAsync().WaitAsync(Scene.Patience);
        Assert.Equal(0, sample.ExitCode);
        Assert.Empty(await scene.Board.Listeners.ListAsync());
    }
}
