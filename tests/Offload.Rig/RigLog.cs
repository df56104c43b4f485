using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Offload.VirtualBoard.Simulation;

namespace Offload.Rig;

/// <summary>What happened during the running test: log, register accesses, frames. Kept where it fails. Thread-safe.</summary>
internal sealed class RigLog : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _accesses = [];
    private readonly List<(DateTime Time, byte[] Frame)> _frames = [];

    /// <summary>The one of this process; tests run one after the other.</summary>
    internal static RigLog Current { get; } = new();

    /// <summary>A line of the trace for every burst, as <see cref="TraceReplay"/> reads them.</summary>
    internal IReadOnlyList<string> Accesses
    {
        get
        {
            lock (_lock)
            {
                return [.. _accesses];
            }
        }
    }

    /// <summary>A test begins.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
            _accesses.Clear();
            _frames.Clear();
        }
    }

    internal void Access(string what, uint address, ReadOnlySpan<uint> words)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{what} {address:x4} {string.Join(' ', words.ToArray().Select(word => word.ToString("x8", CultureInfo.InvariantCulture)))}");
        lock (_lock)
        {
            _accesses.Add(line);
        }
    }

    internal void Frame(ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            _frames.Add((DateTime.UtcNow, frame.ToArray()));
        }
    }

    /// <summary>Writes what there is into a folder: log.txt, trace.txt, frames.pcap.</summary>
    internal void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        lock (_lock)
        {
            File.WriteAllLines(Path.Combine(folder, "log.txt"), _lines);
            File.WriteAllLines(Path.Combine(folder, "trace.txt"), _accesses);
            using FileStream stream = File.Create(Path.Combine(folder, "frames.pcap"));
            Write(stream, 0xA1B2C3D4, 0x00040002, 0, 0, SimulatedCore.MaxFrameLength, 1); // version 2.4, Ethernet
            foreach ((DateTime time, byte[] frame) in _frames)
            {
                long microseconds = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                Write(stream, (uint)(microseconds / 1000000), (uint)(microseconds % 1000000), (uint)frame.Length, (uint)frame.Length);
                stream.Write(frame);
            }
        }
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the rig's log is its own provider");

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = $"{DateTime.UtcNow:HH:mm:ss.ffffff} {logLevel} {formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}";
        lock (_lock)
        {
            _lines.Add(line);
        }
    }

    void IDisposable.Dispose()
    {
        // Lives as long as the process.
    }

    private static void Write(FileStream stream, params ReadOnlySpan<uint> words)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        foreach (uint word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            stream.Write(bytes);
        }
    }
}
