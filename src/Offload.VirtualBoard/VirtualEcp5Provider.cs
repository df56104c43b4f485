using Offload.Boards;
using Offload.Links;
using Offload.Programming;
using Offload.Programming.Ecp5;
using Offload.Programming.Jtag;
using Offload.VirtualBoard.Parts;

namespace Offload.VirtualBoard;

/// <summary>A board with an ECP5 in software: which one it is, and what runs in it.</summary>
public sealed class VirtualEcp5Options
{
    /// <summary>Name of the kind of board, as in <c>boards/NAME/board.yaml</c>.</summary>
    public required string Board { get; init; }

    /// <summary>IDCODE of its part, as there.</summary>
    public required uint IdCode { get; init; }

    /// <summary>Bytes of its flash, as there: a power of two.</summary>
    public required int FlashLength { get; init; }

    /// <summary>Container of the Verilated core that runs once the model of the part has taken a configuration stream. What the stream would make of a
    /// part of silicon is not simulated.</summary>
    public required string CoreFile { get; init; }

    /// <summary>Ports, id and trust, as of a virtual board.</summary>
    public VirtualBoardOptions Ports { get; init; } = new();

    /// <summary>Names of the boards that <see cref="For"/> knows.</summary>
    public static IReadOnlyList<string> Known { get; } = ["versa-5g", "colorlight-i9"];

    /// <summary>A board of the repository, with part and flash as its board.yaml says.</summary>
    /// <param name="board">One of <see cref="Known"/>.</param>
    /// <param name="coreFile">Container of the Verilated core.</param>
    /// <param name="ports">Ports, id and trust.</param>
    /// <exception cref="ArgumentException">There is no such board.</exception>
    public static VirtualEcp5Options For(string board, string coreFile, VirtualBoardOptions ports)
    {
        (uint idCode, int flashLength) = board switch
        {
            "versa-5g" => (0x8111_2043, 16 << 20),
            "colorlight-i9" => (0x4111_2043u, 8 << 20),
            _ => throw new ArgumentException($"there is no model of a board '{board}'; there are {string.Join(", ", Known)}", nameof(board)),
        };
        return new VirtualEcp5Options { Board = board, IdCode = idCode, FlashLength = flashLength, CoreFile = coreFile, Ports = ports };
    }
}

/// <summary>Offers one board with a model of an ECP5 and its flash: bitstreams for silicon load as onto silicon, and the Verilated core runs after that.</summary>
/// <param name="options">Which board.</param>
public sealed class VirtualEcp5Provider(VirtualEcp5Options options) : BoardProvider
{
    private BoardDescription Description => new(options.Ports.Id, options.Board, $"Model of {options.Board}", "in process");

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<BoardDescription>>([Description]);

    /// <inheritdoc/>
    public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(board);
        VirtualBoardHardware surroundings = new(Description, Surroundings(options.Ports), static () => { });
        try
        {
            return await VirtualEcp5Hardware.StartAsync(Description, surroundings, options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await surroundings.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The same ports. The core is a piece of the model, so whose bitstreams the board takes does not concern it.</summary>
    private static VirtualBoardOptions Surroundings(VirtualBoardOptions ports) => new()
    {
        Id = ports.Id,
        NetTap = ports.NetTap,
        HostTap = ports.HostTap,
        NetNamespace = ports.NetNamespace,
        HostNamespace = ports.HostNamespace,
        BringUp = ports.BringUp,
        TapQueueLength = ports.TapQueueLength,
        NetPort = ports.NetPort,
        HostPort = ports.HostPort,
        Observer = ports.Observer,
        LoggerFactory = ports.LoggerFactory,
        Trust = BitstreamTrust.OwnFilesOnly,
    };
}

/// <summary>An open board with a model of an ECP5.</summary>
public sealed class VirtualEcp5Hardware : BoardHardware
{
    private readonly VirtualBoardHardware _surroundings;
    private readonly BitstreamFile _core;
    private Ecp5Programmer? _programmer;

    private VirtualEcp5Hardware(BoardDescription description, VirtualBoardHardware surroundings, VirtualEcp5Options options)
    {
        Description = description;
        _surroundings = surroundings;
        _core = BitstreamFile.Open(options.CoreFile);
        Flash = new SpiFlashPart(options.FlashLength);
        Part = new Ecp5Part(options.IdCode, Flash) { RunningChanged = Run };
        Chain = new VirtualJtagChain(Part);
    }

    /// <inheritdoc/>
    public override BoardDescription Description { get; }

    /// <inheritdoc/>
    public override RegisterLink Link => _surroundings.Link;

    /// <inheritdoc/>
    public override BoardProgrammer Programmer => _programmer!;

    /// <inheritdoc/>
    public override HostPort? HostPort => _surroundings.HostPort;

    /// <summary>The part.</summary>
    public Ecp5Part Part { get; }

    /// <summary>Its flash.</summary>
    public SpiFlashPart Flash { get; }

    /// <summary>The JTAG chain.</summary>
    public VirtualJtagChain Chain { get; }

    /// <summary>What runs the core.</summary>
    internal BoardDriver Driver => _surroundings.Driver;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _surroundings.DisposeAsync().ConfigureAwait(false);
        _programmer?.Dispose();
    }

    internal static async ValueTask<VirtualEcp5Hardware> StartAsync(
        BoardDescription description, VirtualBoardHardware surroundings, VirtualEcp5Options options, CancellationToken cancellationToken)
    {
        VirtualEcp5Hardware board = new(description, surroundings, options);
        board.Part.PowerOn();
        board._programmer = await Ecp5Programmer.OpenAsync(
            new Ecp5ProgrammerOptions
            {
                BoardName = options.Board,
                IdCode = options.IdCode,
                FlashLength = options.FlashLength,
                OpenPort = _ => ValueTask.FromResult<JtagPort>(new VirtualJtagPort(board.Chain)),
                Trust = options.Ports.Trust,
            },
            cancellationToken).ConfigureAwait(false);
        return board;
    }

    /// <summary>The part begins to run a design, or stops: so does the Verilated core.</summary>
    private void Run(bool runs)
    {
        if (runs)
        {
            _surroundings.Programmer.LoadAsync(_core).AsTask().GetAwaiter().GetResult();
        }
        else
        {
            _surroundings.RemoveCore();
        }
    }
}
