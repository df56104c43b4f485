using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard;

/// <summary>
/// Loads the virtual board. Its bitstream is native code, so it runs only if it is signed by a trusted key, or if its file is the
/// caller's alone. The library goes from the checked bytes in memory to the dynamic loader, and through no file that has a name.
/// </summary>
internal sealed class VirtualBoardProgrammer : BoardProgrammer, IDisposable
{
    private const int HashWords = 8;

    private readonly BoardDriver _driver;
    private readonly BitstreamTrust? _trust;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private BitstreamHeader? _loaded;

    internal VirtualBoardProgrammer(BoardDriver driver, BitstreamTrust? trust, ILogger logger)
    {
        _driver = driver;
        _trust = trust;
        _logger = logger;
    }

    public override string BoardName => VirtualBoardProvider.Kind;

    public override uint IdCode => VirtualBoardProvider.IdCode;

    public override bool IsLoaded => _driver.IsLoaded;

    public override BitstreamHeader? Loaded => Volatile.Read(ref _loaded);

    /// <summary>Kinds of payload that this machine runs.</summary>
    private static string[] PayloadKinds => (OperatingSystem.IsLinux(), RuntimeInformation.ProcessArchitecture) switch
    {
        (true, Architecture.X64) => [BitstreamPayload.VerilatedLinuxX64],
        (true, Architecture.Arm64) => [BitstreamPayload.VerilatedLinuxArm64],
        _ => [],
    };

    public override async ValueTask LoadAsync(
        BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(() => Load(file, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override ValueTask<IReadOnlyList<string>> PlanAsync(BitstreamFile file, LoadTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (target != LoadTarget.Core)
        {
            throw new OffloadException(OffloadError.Unsupported, "A virtual board has no flash to load; leave the option out.");
        }

        EnsureFits(file);
        return ValueTask.FromResult<IReadOnlyList<string>>(
        [
            $"bring {file.Payload.Length:N0} bytes of native code to the dynamic loader, and compare the core's register map with the container's",
            IsLoaded ? "end the core that runs: the network through the board is interrupted, and its connections are lost" : "start the core",
        ]);
    }

    /// <summary>Waits for a load that is under way; later ones fail.</summary>
    internal async ValueTask CloseAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        Dispose();
    }

    public void Dispose() => _turn.Dispose();

    private void Load(BitstreamFile file, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        int total = file.Payload.Length;
        progress?.Report(new LoadProgress(LoadStage.Verifying, 0, total));
        _driver.ThrowIfUnusable();
        EnsureFits(file);
        SimulatedCore core = Start(file, progress, cancellationToken);
        try
        {
            EnsureMap(file, core);
            cancellationToken.ThrowIfCancellationRequested();
            _driver.Replace(core);
        }
        catch
        {
            core.Dispose();
            throw;
        }

        Volatile.Write(ref _loaded, file.Header);
        VirtualBoardLog.Started(_logger, file.Name, file.Header.Version);
        progress?.Report(new LoadProgress(LoadStage.Done, total, total));
    }

    private void EnsureFits(BitstreamFile file) => file.EnsureFits(new BitstreamRequirements
    {
        Board = BoardName,
        IdCode = IdCode,
        MapHash = RegisterMap.Hash,
        Map = RegisterMap.Canonical,
        PayloadKinds = PayloadKinds,
        Trust = _trust ?? BitstreamTrust.FromConfiguration(),
    });

    private static SimulatedCore Start(BitstreamFile file, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        int total = file.Payload.Length;
        progress?.Report(new LoadProgress(LoadStage.Transferring, 0, total));
        try
        {
            using SimulationLibrary library = SimulationLibrary.FromMemory(
                file.Payload.Span,
                file.Name,
                done => progress?.Report(new LoadProgress(done < total ? LoadStage.Transferring : LoadStage.Starting, done, total)),
                cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return SimulatedCore.Start(library);
        }
        catch (OffloadException exception)
        {
            throw new BitstreamRejectedException(BitstreamRejection.WrongPayload, exception.Message, exception);
        }
    }

    /// <summary>The container says which map its core has; the core itself has to say the same.</summary>
    private static void EnsureMap(BitstreamFile file, SimulatedCore core)
    {
        Span<uint> hash = stackalloc uint[HashWords];
        AxiResponse response = core.TryRead(RegisterMap.Identity.MapHash.Address, hash);
        Span<byte> bytes = MemoryMarshal.AsBytes(hash);
        if (response != AxiResponse.Okay || Convert.ToHexStringLower(bytes) != file.Header.MapHash)
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.Malformed,
                $"{file.Name} is malformed: its core has another register map than its header says; build it again with firmware-tools/build-virtual-board.sh");
        }
    }
}
