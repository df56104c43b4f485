using System.Net.Sockets;
using Offload.Engine.Tests.Harness;
using Offload.Kernel.Tests.Bench;

namespace Offload.Sockets.Tests;

/// <summary>The sample of docs/sockets.md is the one that is compiled here, and it runs.</summary>
public sealed class SampleTests : RigTest
{
    private const int MostLines = 30;

    [Fact]
    public void The_guide_shows_the_sample_that_is_compiled()
    {
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Offload.Sockets.Tests", "Samples", "EchoServer.cs"));
        Assert.Contains(sample, File.ReadAllText(Path.Combine(Repository.Root, "docs", "sockets.md")), StringComparison.Ordinal);
        Assert.InRange(sample.Split('\n').Length, 1, MostLines);
    }

    [SkippableFact]
    public async Task The_sample_runs()
    {
        await using Scene scene = await Rig.BeginAsync();
        using CancellationTokenSource end = new();
        System.Net.IPEndPoint endPoint = Scene.NewHostEndPoint(Ip.V4);
        Task running = EchoServer.RunAsync(scene.Board, endPoint, end.Token);
        await Scene.UntilAsync(async () => (await scene.Board.Listeners.ListAsync()).Count == 1, () => "the sample listens");
        Socket client = scene.NewClient(Ip.V4);
        await Scene.ConnectAsync(client, endPoint);
        await client.SendAsync("echo"u8.ToArray());
        Assert.Equal("echo", await Transfer.ReadTextAsync(client, 4));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(await scene.Board.Listeners.ListAsync());
    }
}
