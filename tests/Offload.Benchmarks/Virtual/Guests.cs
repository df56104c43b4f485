using System.Diagnostics;
using Offload.Cli.Demo;

namespace Offload.Benchmarks.Virtual;

/// <summary>How clients were received.</summary>
/// <param name="Done">Those that were sent a byte.</param>
/// <param name="Failed">Those that were not.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Processor">Processor time of the clients' thread, in seconds.</param>
/// <param name="Median">Median of the times from connect to the first byte, in microseconds.</param>
internal sealed record Reception(long Done, long Failed, double Seconds, double Processor, double Median)
{
    /// <summary>Those that were sent a byte, a second; not a number where there was none.</summary>
    public double PerSecond => Done == 0 ? double.NaN : Done / Seconds;
}

/// <summary>Clients of the kernel's that connect and wait for a byte; each is reset then, and another begins.</summary>
internal static class Guests
{
    /// <summary>Received clients without which it goes on, so that a slow board has a figure, too.</summary>
    private const int Least = 20;

    /// <summary>Seconds after which it does not go on.</summary>
    private const double Longest = 30;

    /// <summary>Connects, on the client's own thread.</summary>
    /// <param name="client">Where from.</param>
    /// <param name="together">How many at a time.</param>
    /// <param name="seconds">How long, if that is enough for <see cref="Least"/>.</param>
    public static Reception Run(NetworkNamespace client, int together, double seconds) => client.Run(() => Run(together, seconds));

    private static unsafe Reception Run(int together, double seconds)
    {
        double processor = ThreadTimes.Of(Kernel.ThreadId());
        var waiting = new Kernel.Poll[together];
        var begun = new long[together];
        List<double> times = [];
        long failed = 0;
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < together; i++)
        {
            Begin(i);
        }

        double elapsed;
        while ((elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds) < (times.Count < Least ? Longest : seconds))
        {
            fixed (Kernel.Poll* all = waiting)
            {
                _ = Kernel.Wait(all, (nuint)together, 100);
            }

            for (int i = 0; i < together; i++)
            {
                if (waiting[i].Returned == 0)
                {
                    continue;
                }

                if (Kernel.ReadByte(waiting[i].Descriptor))
                {
                    times.Add(Stopwatch.GetElapsedTime(begun[i]).TotalMicroseconds);
                }
                else
                {
                    failed++;
                }

                _ = Kernel.Close(waiting[i].Descriptor);
                Begin(i);
            }
        }

        foreach (Kernel.Poll one in waiting)
        {
            _ = Kernel.Close(one.Descriptor);
        }

        times.Sort();
        return new Reception(times.Count, failed, elapsed, ThreadTimes.Of(Kernel.ThreadId()) - processor, times.Count == 0 ? double.NaN : times[times.Count / 2]);

        void Begin(int i)
        {
            begun[i] = Stopwatch.GetTimestamp();
            waiting[i] = new Kernel.Poll { Descriptor = Kernel.Connect(Net.Host, Net.Port), Events = Kernel.PollIn };
        }
    }
}
