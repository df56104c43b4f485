using System.Runtime.InteropServices;

namespace Offload.Engine.Tests.Harness;

/// <summary>Clocks of a frame's first and last beat.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FrameTimes
{
    public ulong First;
    public ulong Last;
}

/// <summary>The Verilated core's C ABI (<c>hdl/sim/offload_sim.h</c>), bound apart from the virtual board's own binding.</summary>
internal sealed unsafe class NativeCore
{
    private static readonly Lazy<NativeCore> LazyBoard = new(() => new NativeCore(
        Environment.GetEnvironmentVariable("OFFLOAD_SIM_LIBRARY") ?? Path.Combine(Repository.Root, "artifacts", "virtual", "liboffload_sim.so")));

    private readonly nint _library;

    /// <summary>Loads the library at <paramref name="path"/>; it stays loaded.</summary>
    public NativeCore(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The Verilated core is not built: {path} is missing. Run firmware-tools/build-virtual-board.sh first.");
        }

        _library = NativeLibrary.Load(path);
        uint abi = ((delegate* unmanaged<uint>)Find("abi"))();
        if (abi != 1)
        {
            throw new InvalidOperationException($"{path} has ABI {abi}, the tests know 1; build it again.");
        }

        Create = (delegate* unmanaged<nint>)Find("create");
        Destroy = (delegate* unmanaged<nint, void>)Find("destroy");
        SetTime = (delegate* unmanaged<nint, ulong, void>)Find("set_time");
        Clock = (delegate* unmanaged<nint, ulong>)Find("clock");
        Send = (delegate* unmanaged<nint, uint, byte*, uint, uint, int>)Find("send");
        Receive = (delegate* unmanaged<nint, uint, byte*, uint, FrameTimes*, int>)Find("receive");
        LastReceived = (delegate* unmanaged<nint, uint, FrameTimes*, void>)Find("last_received");
        Run = (delegate* unmanaged<nint, uint, uint>)Find("run");
        Read = (delegate* unmanaged<nint, uint, uint*, uint, int>)Find("read");
        Write = (delegate* unmanaged<nint, uint, uint*, uint, int>)Find("write");
        Interrupt = (delegate* unmanaged<nint, uint>)Find("interrupt");
        SetReady = (delegate* unmanaged<nint, uint, ulong, void>)Find("set_ready");
        PeekEntries = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_entries");
        PeekEvents = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_events");
        PeekAnswer = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_answer");
        WatchOrder = (delegate* unmanaged<nint, uint, void>)Find("watch_order");
        PeekOrder = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_order");
    }

    /// <summary>The virtual board's.</summary>
    public static NativeCore Board => LazyBoard.Value;

    public delegate* unmanaged<nint> Create { get; }

    public delegate* unmanaged<nint, void> Destroy { get; }

    public delegate* unmanaged<nint, ulong, void> SetTime { get; }

    public delegate* unmanaged<nint, ulong> Clock { get; }

    public delegate* unmanaged<nint, uint, byte*, uint, uint, int> Send { get; }

    public delegate* unmanaged<nint, uint, byte*, uint, FrameTimes*, int> Receive { get; }

    public delegate* unmanaged<nint, uint, FrameTimes*, void> LastReceived { get; }

    public delegate* unmanaged<nint, uint, uint> Run { get; }

    public delegate* unmanaged<nint, uint, uint*, uint, int> Read { get; }

    public delegate* unmanaged<nint, uint, uint*, uint, int> Write { get; }

    public delegate* unmanaged<nint, uint> Interrupt { get; }

    public delegate* unmanaged<nint, uint, ulong, void> SetReady { get; }

    public delegate* unmanaged<nint, uint*, uint, uint, uint> PeekEntries { get; }

    public delegate* unmanaged<nint, uint*, uint, uint, uint> PeekEvents { get; }

    public delegate* unmanaged<nint, uint*, uint, uint, uint> PeekAnswer { get; }

    public delegate* unmanaged<nint, uint, void> WatchOrder { get; }

    public delegate* unmanaged<nint, uint*, uint, uint, uint> PeekOrder { get; }

    private nint Find(string function) => NativeLibrary.GetExport(_library, "offload_sim_" + function);
}
