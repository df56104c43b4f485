using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Offload.Engine.Tests.Harness;
using Offload.VirtualBoard.Pcie;

namespace Offload.VirtualBoard.Tests.Pcie;

/// <summary>The bridge of the gateware: pcie_link.v, compiled by Verilator (hdl/sim/pcie/pcie_sim.h), at a simulated PCI Express bus.</summary>
internal sealed unsafe class SimulatedBridge : FunctionBridge
{
    private const uint SupportedAbi = 1;
    private const uint WholeWord = 0xF;

    private static readonly Lazy<nint> Link = new(() => Load("pcie"));
    private static readonly Lazy<nint> Board = new(() => Load("pcie-board", "--board"));

    private readonly nint _library;
    private readonly RegisterBus _bus;
    private readonly GCHandle _self;
    private readonly nint _sim;
    private int _messages;

    /// <summary>A link out of reset.</summary>
    /// <param name="bus">The registers.</param>
    /// <param name="seed">Of all that is random: clocks, stalls.</param>
    /// <param name="board">Whether it is a whole board, whose registers are its core's; the bus is not used then.</param>
    internal SimulatedBridge(RegisterBus bus, ulong seed, bool board = false)
    {
        _library = (board ? Board : Link).Value;
        _bus = bus;
        _self = GCHandle.Alloc(this);
        Caller caller = new() { Context = GCHandle.ToIntPtr(_self), Read = &OnRead, Write = &OnWrite, Message = &OnMessage };
        _sim = ((delegate* unmanaged[Cdecl]<ulong, Caller*, nint>)Export("create"))(seed, &caller);
        Assert.NotEqual(0, _sim);
    }

    /// <summary>What the register bus threw; the test asks for it at the end, for nothing may pass through the library.</summary>
    internal Exception? Thrown { get; private set; }

    internal override uint Read(uint address) => ReadPart(address, WholeWord);

    /// <summary>Reads some bytes of a word; the others mean nothing.</summary>
    internal uint ReadPart(uint address, uint enables)
    {
        uint value;
        int status = ((delegate* unmanaged[Cdecl]<nint, uint, uint, uint*, int>)Export("read"))(_sim, address, enables, &value);
        Assert.True(status == 0, $"the read at 0x{address:x} ended with {status}");
        return value;
    }

    internal override void Write(uint address, uint value) => Write(address, WholeWord, value);

    internal override void WritePart(uint address) => Write(address & ~3u, 1, 0);

    internal override bool Line(bool high)
    {
        int before = _messages;
        ((delegate* unmanaged[Cdecl]<nint, uint, void>)Export("line"))(_sim, high ? 1u : 0u);
        Assert.InRange(_messages - before, 0, 1);
        return _messages != before;
    }

    internal override void Reset() => ((delegate* unmanaged[Cdecl]<nint, void>)Export("reset"))(_sim);

    public override void Dispose()
    {
        ((delegate* unmanaged[Cdecl]<nint, void>)Export("destroy"))(_sim);
        _self.Free();
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, "offload_pcie_sim_" + name);

    private static nint Load(string folder, params string[] arguments)
    {
        using Process build = Process.Start(
            new ProcessStartInfo(Path.Combine(Repository.Root, "firmware-tools", "build-pcie-simulation.sh"), arguments) { RedirectStandardError = true })!;
        string error = build.StandardError.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, error);
        nint library = NativeLibrary.Load(Path.Combine(Repository.Root, "artifacts", folder, "libpcie_sim.so"));
        Assert.Equal(SupportedAbi, ((delegate* unmanaged[Cdecl]<uint>)NativeLibrary.GetExport(library, "offload_pcie_sim_abi"))());
        return library;
    }

    private void Write(uint address, uint enables, uint value)
    {
        int status = ((delegate* unmanaged[Cdecl]<nint, uint, uint, uint, int>)Export("write"))(_sim, address, enables, value);
        Assert.True(status == 0, $"the write at 0x{address:x} was not taken");
    }

    private static SimulatedBridge Of(nint context) => (SimulatedBridge)GCHandle.FromIntPtr(context).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint OnRead(nint context, uint address, uint* value) => Of(context).Access(address, write: false, value);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint OnWrite(nint context, uint address, uint value) => Of(context).Access(address, write: true, &value);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(nint context) => Of(context)._messages++;

    private uint Access(uint address, bool write, uint* value)
    {
        try
        {
            return _bus(address, write, ref *value);
        }
#pragma warning disable CA1031 // Nothing may be thrown through the library; the test looks at it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Thrown ??= exception;
            return 2;
        }
    }

    /// <summary>offload_pcie_sim_caller.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Caller
    {
        internal nint Context;
        internal delegate* unmanaged[Cdecl]<nint, uint, uint*, uint> Read;
        internal delegate* unmanaged[Cdecl]<nint, uint, uint, uint> Write;
        internal delegate* unmanaged[Cdecl]<nint, void> Message;
    }
}
