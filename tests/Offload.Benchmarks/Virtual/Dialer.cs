using System.Diagnostics;
using Offload.Cli.Demo;

namespace Offload.Benchmarks.Virtual;

/// <summary>A client of the kernel's: so many connections on their way at a time, each reset as soon as it stands.</summary>
internal static class Dialer
{
    private const int Together = 128;

    /// <summary>Connects, on the client's own thread.</summary>
    /// <param name="client">Where from.</param>
    /// <param name="seconds">How long.</param>
    /// <returns>How many handshakes were completed, how many failed, in how many seconds, and with how much processor time of the client's thread.</returns>
    public static (long Done, long Failed, double Seconds, double Processor) Run(NetworkNamespace client, double seconds) => client.Run(() => Run(seconds));

    private static unsafe (long Done, long Failed, double Seconds, double Processor) Run(double seconds)
    {
        double processor = ThreadTimes.Of(Kernel.ThreadId());
        var waiting = new Kernel.Poll[Together];
        long done = 0, failed = 0;
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Together; i++)
        {
            waiting[i] = new Kernel.Poll { Descriptor = Kernel.Connect(Net.Host, Net.Port), Events = Kernel.PollOut };
        }

        double elapsed;
        while ((elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds) < seconds)
        {
            fixed (Kernel.Poll* all = waiting)
            {
                _ = Kernel.Wait(all, Together, 100);
            }

            for (int i = 0; i < Together; i++)
            {
                if (waiting[i].Returned == 0)
                {
                    continue;
                }

                if (Kernel.Result(waiting[i].Descriptor) == 0)
                {
                    done++;
                }
                else
                {
                    failed++;
                }

                _ = Kernel.Close(waiting[i].Descriptor);
                waiting[i] = new Kernel.Poll { Descriptor = Kernel.Connect(Net.Host, Net.Port), Events = Kernel.PollOut };
            }
        }

        foreach (Kernel.Poll one in waiting)
        {
            _ = Kernel.Close(one.Descriptor);
        }

        return (done, failed, elapsed, ThreadTimes.Of(Kernel.ThreadId()) - processor);
    }
}
