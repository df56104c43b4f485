using System.Runtime.InteropServices;

namespace Offload.VirtualBoard.Simulation;

/// <summary>
/// One Verilated core, driven by hand: frames, registers, clocks and time are the caller's. <see cref="VirtualBoardHardware"/> drives one
/// in real time; tests of the core use this directly. Not thread-safe: one caller at a time.
/// </summary>
public sealed unsafe class SimulatedCore : SafeHandle
{
    /// <summary>Longest frame in bytes that a port takes or gives, without FCS.</summary>
    public const int MaxFrameLength = 16384;

    private readonly SimulationLibrary _library;
    private bool _libraryHeld;

    private SimulatedCore(SimulationLibrary library)
        : base(0, ownsHandle: true)
    {
        _library = library;
        _library.DangerousAddRef(ref _libraryHeld);
        SetHandle(_library.Create());
        if (handle == 0)
        {
            Dispose();
            ReleaseLibrary();
            throw new OffloadException(OffloadError.Unsupported, $"the core in {library.Name} does not start; what it said is on standard error");
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Clocks since creation.</summary>
    public ulong Clock
    {
        get
        {
            ulong clock = _library.Clock(Sim);
            GC.KeepAlive(this);
            return clock;
        }
    }

    /// <summary>Whether the interrupt line is high.</summary>
    public bool Interrupt
    {
        get
        {
            bool high = _library.Interrupt(Sim) != 0;
            GC.KeepAlive(this);
            return high;
        }
    }

    private nint Sim
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Loads a library, as firmware-tools/build-virtual-board.sh makes it, and starts a core. This runs the library's code.</summary>
    /// <param name="libraryPath">Path of <c>liboffload_sim.so</c>.</param>
    /// <exception cref="OffloadException">It cannot be loaded, or is no such library, or its core does not start.</exception>
    public static SimulatedCore Open(string libraryPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(libraryPath);
        using SimulationLibrary library = SimulationLibrary.FromFile(libraryPath);
        return new SimulatedCore(library);
    }

    /// <summary>Starts a core of a library; the library stays loaded as long as the core lives.</summary>
    internal static SimulatedCore Start(SimulationLibrary library) => new(library);

    /// <summary>Sets the core's timebase. An earlier time than the last is ignored.</summary>
    /// <param name="microseconds">Microseconds since reset.</param>
    public void SetTime(ulong microseconds)
    {
        _library.SetTime(Sim, microseconds);
        GC.KeepAlive(this);
    }

    /// <summary>Queues a whole frame at an input.</summary>
    /// <param name="port">Which input.</param>
    /// <param name="frame">The frame without FCS, 1 to <see cref="MaxFrameLength"/> bytes.</param>
    /// <param name="bad">Whether the MAC marks it bad (wrong FCS).</param>
    /// <returns>False where the queue is full.</returns>
    /// <exception cref="ArgumentException">The frame is empty or too long.</exception>
    public bool Send(BoardPort port, ReadOnlySpan<byte> frame, bool bad = false)
    {
        int result;
        fixed (byte* bytes = frame)
        {
            result = _library.Send(Sim, (uint)port, bytes, (uint)frame.Length, bad ? 1u : 0u);
        }

        GC.KeepAlive(this);
        return result switch
        {
            0 => true,
            -1 => false,
            _ => throw new ArgumentException($"a frame has 1 to {MaxFrameLength} bytes, and a board two ports", nameof(frame)),
        };
    }

    /// <summary>Takes the oldest whole frame that left at an output.</summary>
    /// <param name="port">Which output.</param>
    /// <param name="buffer">Where to; <see cref="MaxFrameLength"/> bytes hold any frame.</param>
    /// <param name="times">When it left.</param>
    /// <returns>Its length in bytes; 0 where there is none.</returns>
    /// <exception cref="ArgumentException">The buffer is too small; the frame stays.</exception>
    public int Receive(BoardPort port, Span<byte> buffer, out FrameTimes times)
    {
        int length;
        FrameTimes when = default;
        fixed (byte* bytes = buffer)
        {
            length = _library.Receive(Sim, (uint)port, bytes, (uint)buffer.Length, &when);
        }

        GC.KeepAlive(this);
        times = when;
        return length >= 0
            ? length
            : throw new ArgumentException($"the buffer is too small for the frame, or empty; {MaxFrameLength} bytes hold any", nameof(buffer));
    }

    /// <summary>Takes the oldest whole frame that left at an output, or null where there is none.</summary>
    /// <param name="port">Which output.</param>
    public byte[]? Receive(BoardPort port)
    {
        Span<byte> buffer = stackalloc byte[MaxFrameLength];
        int length = Receive(port, buffer, out _);
        return length == 0 ? null : buffer[..length].ToArray();
    }

    /// <summary>When the frame that most recently entered completely did so; zeros where none has.</summary>
    /// <param name="port">Which input.</param>
    public FrameTimes LastReceived(BoardPort port)
    {
        FrameTimes times = default;
        _library.LastReceived(Sim, (uint)port, &times);
        GC.KeepAlive(this);
        return times;
    }

    /// <summary>Runs until nothing is queued, in flight or leaving, but no longer than a number of clocks.</summary>
    /// <param name="maxClocks">Most clocks to run.</param>
    /// <returns>Clocks run; equal to <paramref name="maxClocks"/> where there may be work left.</returns>
    public uint Run(uint maxClocks)
    {
        uint clocks = _library.Run(Sim, maxClocks);
        GC.KeepAlive(this);
        return clocks;
    }

    /// <summary>Reads consecutive registers, in ascending order.</summary>
    /// <param name="address">Byte address of the first.</param>
    /// <param name="words">Where they go.</param>
    /// <returns>The first answer that was not <see cref="AxiResponse.Okay"/>, which ended the burst; else that.</returns>
    public AxiResponse TryRead(uint address, Span<uint> words)
    {
        int response;
        fixed (uint* pointer = words)
        {
            response = _library.Read(Sim, address, pointer, (uint)words.Length);
        }

        GC.KeepAlive(this);
        return (AxiResponse)response;
    }

    /// <summary>Writes consecutive registers, in ascending order.</summary>
    /// <param name="address">Byte address of the first.</param>
    /// <param name="words">What is written.</param>
    /// <returns>The first answer that was not <see cref="AxiResponse.Okay"/>, which ended the burst; else that.</returns>
    public AxiResponse TryWrite(uint address, ReadOnlySpan<uint> words)
    {
        int response;
        fixed (uint* pointer = words)
        {
            response = _library.Write(Sim, address, pointer, (uint)words.Length);
        }

        GC.KeepAlive(this);
        return (AxiResponse)response;
    }

    /// <summary>Reads consecutive registers, in ascending order.</summary>
    /// <param name="address">Byte address of the first.</param>
    /// <param name="words">Where they go.</param>
    /// <exception cref="OffloadException">The core refused (<see cref="OffloadError.LinkFault"/>).</exception>
    public void Read(uint address, Span<uint> words) => Ensure(TryRead(address, words), address, words.Length, "read");

    /// <summary>Reads one register.</summary>
    /// <param name="address">Its byte address.</param>
    /// <exception cref="OffloadException">The core refused (<see cref="OffloadError.LinkFault"/>).</exception>
    public uint Read(uint address)
    {
        uint word = 0;
        Read(address, new Span<uint>(ref word));
        return word;
    }

    /// <summary>Writes consecutive registers, in ascending order.</summary>
    /// <param name="address">Byte address of the first.</param>
    /// <param name="words">What is written.</param>
    /// <exception cref="OffloadException">The core refused (<see cref="OffloadError.LinkFault"/>).</exception>
    public void Write(uint address, ReadOnlySpan<uint> words) => Ensure(TryWrite(address, words), address, words.Length, "write");

    /// <summary>Writes one register.</summary>
    /// <param name="address">Its byte address.</param>
    /// <param name="word">What is written.</param>
    /// <exception cref="OffloadException">The core refused (<see cref="OffloadError.LinkFault"/>).</exception>
    public void Write(uint address, uint word) => Write(address, new ReadOnlySpan<uint>(in word));

    /// <summary>Makes an output take beats only in some clocks, as a slower consumer would.</summary>
    /// <param name="port">Which output.</param>
    /// <param name="pattern">tready in each clock is bit (clock modulo 64); all ones at first.</param>
    public void SetReady(BoardPort port, ulong pattern)
    {
        _library.SetReady(Sim, (uint)port, pattern);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _library.Destroy(handle);
        ReleaseLibrary();
        return true;
    }

    private static void Ensure(AxiResponse response, uint address, int words, string what)
    {
        if (response != AxiResponse.Okay)
        {
            string answer = response switch
            {
                AxiResponse.SlaveError => "SLVERR: a register there refuses it",
                AxiResponse.DecodeError => "DECERR: there is no such register",
                _ => "nothing",
            };
            throw new OffloadException(
                OffloadError.LinkFault, $"the core answered the {what} of {words} words at 0x{address:X4} with {answer}; look the addresses up in docs/registers.md");
        }
    }

    private void ReleaseLibrary()
    {
        if (_libraryHeld)
        {
            _libraryHeld = false;
            _library.DangerousRelease();
        }
    }
}
