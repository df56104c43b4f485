using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Offload.Boards;
using Offload.Links;
using Offload.Programming;
using Offload.VirtualBoard.Ports;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

/// <summary>An open virtual board: two ports, one simulated core once a bitstream is loaded, and the thread that drives it in real time.</summary>
public sealed class VirtualBoardHardware : BoardHardware
{
    private readonly BoardDriver _driver;
    private readonly VirtualRegisterLink _link;
    private readonly VirtualBoardProgrammer _programmer;
    private readonly FramePort _netPort;
    private readonly FramePort _hostPort;
    private readonly Action _closed;
    private int _disposed;

    internal VirtualBoardHardware(BoardDescription description, VirtualBoardOptions options, Action closed)
    {
        ILogger logger = (ILogger?)options.LoggerFactory?.CreateLogger<VirtualBoardHardware>() ?? NullLogger.Instance;
        Description = description;
        _closed = closed;
        _netPort = options.NetPort ?? CreatePort("net", options.NetTap, options.NetNamespace, options);
        try
        {
            _hostPort = options.HostPort ?? CreatePort("host", options.HostTap, options.HostNamespace, options);
        }
        catch
        {
            _netPort.Dispose();
            throw;
        }

        _driver = new BoardDriver(_netPort, _hostPort, options.Observer, logger);
        _link = new VirtualRegisterLink(_driver);
        _programmer = new VirtualBoardProgrammer(_driver, options.Trust, logger);
        _driver.Start(description.Id);
    }

    /// <inheritdoc/>
    public override BoardDescription Description { get; }

    /// <inheritdoc/>
    public override RegisterLink Link => _link;

    /// <inheritdoc/>
    public override BoardProgrammer Programmer => _programmer;

    /// <inheritdoc/>
    public override HostPort? HostPort => _hostPort.KernelInterface;

    /// <summary>What drives the core, for the buses that the board is put behind.</summary>
    internal BoardDriver Driver => _driver;

    /// <summary>The kernel's interface behind the net port; null where there is none.</summary>
    public HostPort? NetPort => _netPort.KernelInterface;

    /// <summary>What the board's surroundings did with frames since it was opened. The core's own counters are registers.</summary>
    public VirtualBoardStatistics Statistics => _driver.Statistics;

    /// <summary>Ends the core; the board has no registers until another is loaded.</summary>
    internal void RemoveCore() => _driver.Remove();

    /// <summary>Waits for a load that is under way, stops the board's thread, ends the core and closes the ports. TAP devices vanish.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _programmer.CloseAsync().ConfigureAwait(false);
            _driver.Dispose();
            _netPort.Dispose();
            _hostPort.Dispose();
            _closed();
        }
    }

    private static FramePort CreatePort(string name, string? tap, string? networkNamespace, VirtualBoardOptions options) =>
        tap is null
            ? new MemoryFramePort(name, capacity: 0)
            : TapPort.Create(tap, networkNamespace, options.BringUp, options.TapQueueLength);
}
