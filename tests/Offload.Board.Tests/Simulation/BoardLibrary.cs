using System.Diagnostics;
using System.Runtime.InteropServices;
using Offload.Engine.Tests.Harness;

namespace Offload.Board.Tests.Simulation;

/// <summary>The shared library of a simulated board (hdl/sim/board/board_sim.h), built once where it has to be.</summary>
internal sealed unsafe class BoardLibrary
{
    private const uint SupportedAbi = 1;

    private static readonly Lock Building = new();
    private static readonly Dictionary<string, BoardLibrary> Loaded = [];

    private readonly delegate* unmanaged[Cdecl]<nint> _create;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _destroy;
    private readonly delegate* unmanaged[Cdecl]<nint, ulong> _time;
    private readonly delegate* unmanaged[Cdecl]<nint, ulong, uint, ulong> _run;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, uint, int> _send;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, ulong*, int> _receive;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, ulong> _badFrames;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, uint, void> _plug;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, uint, uint> _phyRegister;
    private readonly delegate* unmanaged[Cdecl]<nint, uint, void> _press;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, uint, void> _linkWrite;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, uint, uint> _linkRead;
    private readonly delegate* unmanaged[Cdecl]<nint, ulong> _linkBreaches;

    private BoardLibrary(string path)
    {
        nint library = NativeLibrary.Load(path);
        Assert.Equal(SupportedAbi, ((delegate* unmanaged[Cdecl]<uint>)Export("abi"))());
        _create = (delegate* unmanaged[Cdecl]<nint>)Export("create");
        _destroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("destroy");
        _time = (delegate* unmanaged[Cdecl]<nint, ulong>)Export("time");
        _run = (delegate* unmanaged[Cdecl]<nint, ulong, uint, ulong>)Export("run");
        _send = (delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, uint, int>)Export("send");
        _receive = (delegate* unmanaged[Cdecl]<nint, uint, byte*, uint, ulong*, int>)Export("receive");
        _badFrames = (delegate* unmanaged[Cdecl]<nint, uint, ulong>)Export("bad_frames");
        _plug = (delegate* unmanaged[Cdecl]<nint, uint, uint, void>)Export("plug");
        _phyRegister = (delegate* unmanaged[Cdecl]<nint, uint, uint, uint>)Export("phy_register");
        _press = (delegate* unmanaged[Cdecl]<nint, uint, void>)Export("press");
        _linkWrite = (delegate* unmanaged[Cdecl]<nint, byte*, uint, void>)Export("link_write");
        _linkRead = (delegate* unmanaged[Cdecl]<nint, byte*, uint, uint>)Export("link_read");
        _linkBreaches = (delegate* unmanaged[Cdecl]<nint, ulong>)Export("link_breaches");

        nint Export(string name) => NativeLibrary.GetExport(library, "offload_board_sim_" + name);
    }

    internal nint Create() => _create();

    internal void Destroy(nint sim) => _destroy(sim);

    internal ulong Time(nint sim) => _time(sim);

    internal void Run(nint sim, ulong nanoseconds) => _run(sim, nanoseconds, 0);

    internal int Send(nint sim, Port port, ReadOnlySpan<byte> frame, LineFault fault)
    {
        fixed (byte* bytes = frame)
        {
            return _send(sim, (uint)port, bytes, (uint)frame.Length, (uint)fault);
        }
    }

    internal int Receive(nint sim, Port port, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return _receive(sim, (uint)port, bytes, (uint)buffer.Length, null);
        }
    }

    internal ulong BadFrames(nint sim, Port port) => _badFrames(sim, (uint)port);

    internal void Plug(nint sim, Port port, bool isIn) => _plug(sim, (uint)port, isIn ? 1u : 0u);

    internal uint PhyRegister(nint sim, Port port, int number) => _phyRegister(sim, (uint)port, (uint)number);

    internal void Press(nint sim, bool down) => _press(sim, down ? 1u : 0u);

    internal void LinkWrite(nint sim, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            _linkWrite(sim, first, (uint)bytes.Length);
        }
    }

    internal int LinkRead(nint sim, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)_linkRead(sim, bytes, (uint)buffer.Length);
        }
    }

    internal ulong LinkBreaches(nint sim) => _linkBreaches(sim);

    /// <summary>The library of a board with a link: versa-5g, uart.</summary>
    internal static BoardLibrary Of(string board, string link)
    {
        lock (Building)
        {
            string name = $"{board}-{link}";
            if (!Loaded.TryGetValue(name, out BoardLibrary? library))
            {
                using Process build = Process.Start(new ProcessStartInfo(
                    Path.Combine(Repository.Root, "firmware-tools", "build-board-simulation.sh"), [board, "--link", link])
                { RedirectStandardError = true })!;
                string error = build.StandardError.ReadToEnd();
                build.WaitForExit();
                Assert.True(build.ExitCode == 0, error);
                library = new BoardLibrary(Path.Combine(Repository.Root, "artifacts", "board", name, "libboard_sim.so"));
                Loaded.Add(name, library);
            }

            return library;
        }
    }
}
