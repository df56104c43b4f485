using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Offload.VirtualBoard.Native;

namespace Offload.VirtualBoard.Simulation;

/// <summary>The loaded shared library of a Verilated core (hdl/sim/offload_sim.h), unloaded when its last core has ended.</summary>
internal sealed unsafe class SimulationLibrary : SafeHandle
{
    private const uint SupportedAbi = 1;
    private const int Chunk = 1 << 20;

    private static uint Loads;

    private SimulationLibrary(nint handle, string name)
        : base(0, ownsHandle: true)
    {
        SetHandle(handle);
        try
        {
            Name = name;
            delegate* unmanaged[Cdecl]<uint> abi = (delegate* unmanaged[Cdecl]<uint>)Export("offload_sim_abi");
            uint version = abi();
            if (version != SupportedAbi)
            {
                throw new OffloadException(
                    OffloadError.Unsupported,
                    $"{name} has simulator interface {version}, and this build knows {SupportedAbi}; build it again with firmware-tools/build-virtual-board.sh");
            }

            Create = (delegate* unmanaged[Cdecl]<nint>)Export("offload_sim_create");
            Destroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("offload_sim_destroy");
            SetTime = (delegate* unmanaged[Cdecl]<nint, ulong, void>)Export("offload_sim_set_time");
            Clock = (delegate* unmanaged[Cdecl]<nint, ulong>)Export("offload_sim_clock");
            Send = (delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, uint, int>)Export("offload_sim_send");
            Receive = (delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, FrameTimes*, int>)Export("offload_sim_receive");
            LastReceived = (delegate* unmanaged[Cdecl]<nint, uint, FrameTimes*, void>)Export("offload_sim_last_received");
            Run = (delegate* unmanaged[Cdecl]<nint, uint, uint>)Export("offload_sim_run");
            Read = (delegate* unmanaged[Cdecl]<nint, uint, uint*, uint, int>)Export("offload_sim_read");
            Write = (delegate* unmanaged[Cdecl]<nint, uint, uint*, uint, int>)Export("offload_sim_write");
            Interrupt = (delegate* unmanaged[Cdecl]<nint, uint>)Export("offload_sim_interrupt");
            SetReady = (delegate* unmanaged[Cdecl]<nint, uint, ulong, void>)Export("offload_sim_set_ready");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override bool IsInvalid => handle == 0;

    internal string Name { get; }

    internal delegate* unmanaged[Cdecl]<nint> Create { get; }

    internal delegate* unmanaged[Cdecl]<nint, void> Destroy { get; }

    internal delegate* unmanaged[Cdecl]<nint, ulong, void> SetTime { get; }

    internal delegate* unmanaged[Cdecl]<nint, ulong> Clock { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, uint, int> Send { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, FrameTimes*, int> Receive { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, FrameTimes*, void> LastReceived { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, uint> Run { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, uint*, uint, int> Read { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, uint*, uint, int> Write { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint> Interrupt { get; }

    internal delegate* unmanaged[Cdecl]<nint, uint, ulong, void> SetReady { get; }

    /// <summary>Loads a library from a file. This runs its code.</summary>
    internal static SimulationLibrary FromFile(string path) => Load(Path.GetFullPath(path), path);

    /// <summary>Loads a library from memory, through a file that has no name anywhere. This runs its code.</summary>
    /// <param name="image">The library.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="transferred">Told how many bytes are there.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    internal static SimulationLibrary FromMemory(
        ReadOnlySpan<byte> image, string name, Action<int>? transferred, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = CreateMemoryFile();
        for (int done = 0; done < image.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> part = image.Slice(done, Math.Min(Chunk, image.Length - done));
            RandomAccess.Write(file, part, done);
            done += part.Length;
            transferred?.Invoke(done);
        }

        _ = Libc.FileControl(file, Libc.AddSeals, Libc.SealEverything);
        return Load(UniquePath(file), name);
    }

    protected override bool ReleaseHandle()
    {
        NativeLibrary.Free(handle);
        return true;
    }

    private static SimulationLibrary Load(string path, string name)
    {
        nint handle;
        try
        {
            handle = NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new OffloadException(
                OffloadError.Unsupported, $"{name} cannot be loaded as a shared library of this machine: {exception.Message}", exception);
        }

        return new SimulationLibrary(handle, name);
    }

    private static SafeFileHandle CreateMemoryFile()
    {
        const uint Flags = Libc.MemoryCloseOnExec | Libc.MemoryAllowSealing;
        SafeFileHandle file = Libc.MemoryFile("offload-bitstream", Flags | Libc.MemoryExecutable);
        if (file.IsInvalid && Marshal.GetLastPInvokeError() == Libc.ErrorInvalid)
        {
            // Kernels before 6.3 do not know MFD_EXEC, and their memory files are executable anyway.
            file.Dispose();
            file = Libc.MemoryFile("offload-bitstream", Flags);
        }

        if (file.IsInvalid)
        {
            throw new OffloadException(
                OffloadError.Unsupported, $"no memory file can be made for the bitstream: {Libc.LastErrorText}");
        }

        return file;
    }

    /// <summary>
    /// A path to a descriptor that no earlier load has used: the dynamic loader takes equal names for the same library, and
    /// descriptor numbers come again. Each bit of the load's number is written as "/" or as "/.".
    /// </summary>
    private static string UniquePath(SafeFileHandle file)
    {
        uint number = Interlocked.Increment(ref Loads);
        return string.Create(null, $"/proc/self/fd{string.Concat(Enumerable.Range(0, 32).Select(bit => ((number >> bit) & 1) != 0 ? "/." : "/"))}/{file.DangerousGetHandle()}");
    }

    private nint Export(string symbol) => NativeLibrary.TryGetExport(handle, symbol, out nint address)
        ? address
        : throw new OffloadException(
            OffloadError.Unsupported, $"{Name} is not a simulator library: it lacks {symbol}; build one with firmware-tools/build-virtual-board.sh");
}
