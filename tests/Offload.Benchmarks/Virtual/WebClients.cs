using System.Diagnostics;
using Offload.Cli.Demo;

namespace Offload.Benchmarks.Virtual;

/// <summary>How requests were answered.</summary>
/// <param name="Requests">Those that were answered or failed.</param>
/// <param name="Failed">Those that were not answered rightly: reset, refused, another's answer, or none within <see cref="WebClients.Patience"/>.</param>
/// <param name="Connections">Connections over which they went.</param>
/// <param name="PerSecond">Requests a second, after the first ones.</param>
internal sealed record WebReception(long Requests, long Failed, long Connections, double PerSecond);

/// <summary>Clients of the kernel's with one request at a time each: one after the other over a connection that stays, or each over a new one, which the server closes.</summary>
internal sealed class WebClients
{
    /// <summary>Failures after which no more is asked.</summary>
    public const int Enough = 100;

    /// <summary>How long a request may take, its connection included.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int WouldBlock = 11;

    private readonly Kernel.Poll[] _waiting;
    private readonly Visit[] _visits;
    private readonly long _wanted, _first;
    private readonly bool _keepAlive;
    private long _asked, _ended, _failed, _connections, _began;
    private int _underWay;

    private WebClients(int together, long requests, long first, bool keepAlive)
    {
        _waiting = new Kernel.Poll[together];
        _visits = [.. Enumerable.Range(0, together).Select(_ => new Visit())];
        _wanted = requests;
        _first = first;
        _keepAlive = keepAlive;
    }

    /// <summary>Asks, on the client's own thread.</summary>
    /// <param name="client">Where from.</param>
    /// <param name="together">How many at a time.</param>
    /// <param name="requests">How many in all.</param>
    /// <param name="first">How many of them come before the time that counts, while the server is still being compiled.</param>
    /// <param name="keepAlive">Whether connections stay.</param>
    public static WebReception Run(NetworkNamespace client, int together, long requests, long first, bool keepAlive) =>
        client.Run(() => new WebClients(together, requests, first, keepAlive).Run());

    private unsafe WebReception Run()
    {
        _began = Stopwatch.GetTimestamp();
        _underWay = _waiting.Length;
        for (int i = 0; i < _waiting.Length; i++)
        {
            _waiting[i].Descriptor = -1;
            Next(i);
        }

        while (_underWay > 0)
        {
            fixed (Kernel.Poll* all = _waiting)
            {
                _ = Kernel.Wait(all, (nuint)_waiting.Length, 100);
            }

            for (int i = 0; i < _waiting.Length; i++)
            {
                if (_waiting[i].Returned != 0)
                {
                    Step(i);
                }
                else if (_waiting[i].Descriptor >= 0 && Stopwatch.GetElapsedTime(_visits[i].Began) > Patience)
                {
                    End(i, right: false);
                }
            }
        }

        return new WebReception(_ended, _failed, _connections, Math.Max(0, _ended - _first) / Stopwatch.GetElapsedTime(_began).TotalSeconds);
    }

    private void Next(int i)
    {
        if (_asked == _wanted || _failed >= Enough)
        {
            Close(i);
            _underWay--;
            return;
        }

        _visits[i].Number = _asked++;
        _visits[i].Length = 0;
        _visits[i].Began = Stopwatch.GetTimestamp();
        if (_waiting[i].Descriptor >= 0)
        {
            Ask(i);
            return;
        }

        _connections++;
        _waiting[i] = new Kernel.Poll { Descriptor = Kernel.Connect(Net.Host, Net.Port, reset: false), Events = Kernel.PollOut };
    }

    private void Step(int i)
    {
        if (_waiting[i].Events == Kernel.PollIn)
        {
            Read(i);
        }
        else if (Kernel.Result(_waiting[i].Descriptor) == 0)
        {
            _waiting[i].Events = Kernel.PollIn;
            Ask(i);
        }
        else
        {
            End(i, right: false);
        }
    }

    private void Ask(int i)
    {
        Span<byte> request = stackalloc byte[128];
        int length = WebAnswers.Ask(request, _visits[i].Number, _keepAlive);
        if (Kernel.Send(_waiting[i].Descriptor, request[..length]) != length)
        {
            End(i, right: false);
        }
    }

    private void Read(int i)
    {
        Visit visit = _visits[i];
        int length = Kernel.Receive(_waiting[i].Descriptor, visit.Received.AsSpan(visit.Length));
        if (length == -WouldBlock)
        {
            return;
        }

        visit.Length += Math.Max(0, length);
        WebAnswer answer = WebAnswers.Judge(visit.Received.AsSpan(0, visit.Length), visit.Number);
        if (length <= 0)
        {
            // The server's end, which only a connection that was not to stay may have, after the answer.
            End(i, length == 0 && !_keepAlive && answer == WebAnswer.Right);
        }
        else if (answer == WebAnswer.Wrong || (answer == WebAnswer.Right && _keepAlive))
        {
            End(i, answer == WebAnswer.Right);
        }
    }

    private void End(int i, bool right)
    {
        _failed += right ? 0 : 1;
        if (++_ended == _first)
        {
            _began = Stopwatch.GetTimestamp();
        }

        if (!right || !_keepAlive)
        {
            Close(i);
        }

        Next(i);
    }

    private void Close(int i)
    {
        if (_waiting[i].Descriptor >= 0)
        {
            _ = Kernel.Close(_waiting[i].Descriptor);
        }

        _waiting[i] = new Kernel.Poll { Descriptor = -1 };
    }

    private sealed class Visit
    {
        public readonly byte[] Received = new byte[1024];

        public int Length { get; set; }

        public long Number { get; set; }

        public long Began { get; set; }
    }
}
