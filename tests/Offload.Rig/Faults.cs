using System.Globalization;

namespace Offload.Rig;

/// <summary>
/// Asks whoever runs the board, on the other side of its bus, to make the bus fail: a file <c>N.request</c> in a shared folder, which becomes
/// <c>N.done</c> with the answer.
/// </summary>
internal static class Faults
{
    private const string Request = ".request";
    private const string Done = ".done";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int Number;

    /// <summary>The board vanishes: its PCI function, or its USB device.</summary>
    /// <param name="afterAccesses">Words that are still read or written before; of PCI functions.</param>
    internal static Task<string> VanishAsync(int afterAccesses = 0) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"{RigConfiguration.Current.Board}-vanish {afterAccesses}"));

    /// <summary>It returns.</summary>
    internal static Task<string> ReturnAsync() => AskAsync($"{RigConfiguration.Current.Board}-return");

    /// <summary>Interrupts without a reason; answered with how many there were.</summary>
    internal static Task<string> StormAsync(int count) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"storm {count}"));

    /// <summary>No chip on the board's I²C bus answers any more, or they do again.</summary>
    internal static Task<string> NakAsync(bool on) => AskAsync(on ? "nak 1" : "nak 0");

    /// <summary>Carries out what is asked for in a folder until it is told to end.</summary>
    internal static async Task ServeAsync(string folder, Func<string, int, string> carryOut, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                foreach (string path in Directory.EnumerateFiles(folder, "*" + Request))
                {
                    string[] words = File.ReadAllText(path).Split(' ');
                    string answer = carryOut(words[0], words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0);
                    File.Delete(path);
                    Put(path[..^Request.Length] + Done, answer);
                }

                await Task.Delay(10, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // How it is told to end.
        }
    }

    private static async Task<string> AskAsync(string what)
    {
        string path = Path.Combine(
            RigConfiguration.Current.Faults!, string.Create(CultureInfo.InvariantCulture, $"{RigConfiguration.Current.Board}-{Interlocked.Increment(ref Number)}"));
        Put(path + Request, what);
        using CancellationTokenSource late = new(Patience);
        while (!File.Exists(path + Done))
        {
            await Task.Delay(5, late.Token);
        }

        return File.ReadAllText(path + Done);
    }

    // Never half of it.
    private static void Put(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path);
    }
}
