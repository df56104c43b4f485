using Offload.Boards;
using Offload.Registers;

namespace Offload.Rig;

/// <summary>A register trace of the configured board means the same to the virtual one.</summary>
public sealed class TraceTests
{
    [BoardFact]
    public async Task A_trace_replays_on_the_virtual_board()
    {
        await using (BoardHardware board = await RigBoard.OpenHardwareAsync())
        {
            uint[] words = new uint[10];
            await board.Link.ReadAsync(RegisterMap.Identity.Magic.Address, words);
            await board.Link.WriteAsync(RegisterMap.Isn.FixedValue.Address, new[] { 0xC0FFEEu });
            await board.Link.ReadAsync(RegisterMap.Isn.FixedValue.Address, words.AsMemory(0, 1));
            await Assert.ThrowsAsync<OffloadException>(async () => await board.Link.ReadAsync(0xFFFC, words.AsMemory(0, 1)));
        }

        IReadOnlyList<string> trace = RigLog.Current.Accesses;
        if (RigConfiguration.Current.Traces is { } folder)
        {
            // A core in software is slow in an emulated machine; whoever runs the board replays it, and a difference fails the run.
            await File.WriteAllLinesAsync(Path.Combine(folder, RigConfiguration.Current.Board + GuestRun.TraceEnding), trace);
            return;
        }

        Assert.Empty(await TraceReplay.RunAsync(trace));

        // And one that never was is noticed.
        string[] other = [.. trace.Select(line => line.Replace("00c0ffee", "00c0ffef", StringComparison.Ordinal))];
        other[Array.FindIndex(other, line => line.StartsWith("write", StringComparison.Ordinal))] = trace.First(line => line.StartsWith("write", StringComparison.Ordinal));
        Assert.Contains("00c0ffee", Assert.Single(await TraceReplay.RunAsync(other)), StringComparison.Ordinal);
    }
}
