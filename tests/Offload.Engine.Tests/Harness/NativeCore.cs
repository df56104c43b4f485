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
internal static unsafe class NativeCore
{
    private static readonly Lazy<nint> Library = new(Load);

    public static readonly delegate* unmanaged<nint> Create = (delegate* unmanaged<nint>)Find("create");
    public static readonly delegate* unmanaged<nint, void> Destroy = (delegate* unmanaged<nint, void>)Find("destroy");
    public static readonly delegate* unmanaged<nint, ulong, void> SetTime = (delegate* unmanaged<nint, ulong, void>)Find("set_time");
    public static readonly delegate* unmanaged<nint, ulong> Clock = (delegate* unmanaged<nint, ulong>)Find("clock");
    public static readonly delegate* unmanaged<nint, uint, byte*, uint, uint, int> Send =
        (delegate* unmanaged<nint, uint, byte*, uint, uint, int>)Find("send");
    public static readonly delegate* unmanaged<nint, uint, byte*, uint, FrameTimes*, int> Receive =
        (delegate* unmanaged<nint, uint, byte*, uint, FrameTimes*, int>)Find("receive");
    public static readonly delegate* unmanaged<nint, uint, FrameTimes*, void> LastReceived =
        (delegate* unmanaged<nint, uint, FrameTimes*, void>)Find("last_received");
    public static readonly delegate* unmanaged<nint, uint, uint> Run = (delegate* unmanaged<nint, uint, uint>)Find("run");
    public static readonly delegate* unmanaged<nint, uint, uint*, uint, int> Read = (delegate* unmanaged<nint, uint, uint*, uint, int>)Find("read");
    public static readonly delegate* unmanaged<nint, uint, uint*, uint, int> Write = (delegate* unmanaged<nint, uint, uint*, uint, int>)Find("write");
    public static readonly delegate* unmanaged<nint, uint> Interrupt = (delegate* unmanaged<nint, uint>)Find("interrupt");
    public static readonly delegate* unmanaged<nint, uint, ulong, void> SetReady = (delegate* unmanaged<nint, uint, ulong, void>)Find("set_ready");

    public static readonly delegate* unmanaged<nint, uint*, uint, uint, uint> PeekEntries = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_entries");
    public static readonly delegate* unmanaged<nint, uint*, uint, uint, uint> PeekEvents = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_events");

    public static readonly delegate* unmanaged<nint, uint*, uint, uint, uint> PeekAnswer = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_answer");
    public static readonly delegate* unmanaged<nint, uint, void> WatchOrder = (delegate* unmanaged<nint, uint, void>)Find("watch_order");
    public static readonly delegate* unmanaged<nint, uint*, uint, uint, uint> PeekOrder = (delegate* unmanaged<nint, uint*, uint, uint, uint>)Find("peek_order");

    private static nint Find(string function) => NativeLibrary.GetExport(Library.Value, "offload_sim_" + function);

    private static nint Load()
    {
        string path = Environment.GetEnvironmentVariable("OFFLOAD_SIM_LIBRARY")
            ?? Path.Combine(Repository.Root, "artifacts", "virtual", "liboffload_sim.so");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The Verilated core is not built: {path} is missing. Run firmware-tools/build-virtual-board.sh first.");
        }

        nint library = NativeLibrary.Load(path);
        uint abi = ((delegate* unmanaged<uint>)NativeLibrary.GetExport(library, "offload_sim_abi"))();
        return abi == 1 ? library : throw new InvalidOperationException($"{path} has ABI {abi}, the tests know 1; build it again.");
    }
}
