using System.Globalization;
using Offload.Programming.Flash;
using Offload.Programming.Jtag;
using Offload.Registers;

namespace Offload.Programming.Ecp5;

/// <summary>
/// Loads a board with an ECP5 through JTAG: into the part, or into the flash that it starts from. A file that is refused leaves the board untouched;
/// so does everything that can be found out before the first change. docs/loading.md tells the order of things.
/// </summary>
public sealed class Ecp5Programmer : BoardProgrammer, IDisposable
{
    private readonly Ecp5ProgrammerOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private BitstreamHeader? _loaded;
    private bool _isLoaded;
    private int _restarts;

    private Ecp5Programmer(Ecp5ProgrammerOptions options) => _options = options;

    /// <inheritdoc/>
    public override string BoardName => _options.BoardName;

    /// <inheritdoc/>
    public override uint IdCode => _options.IdCode;

    /// <inheritdoc/>
    public override bool IsLoaded => Volatile.Read(ref _isLoaded);

    /// <inheritdoc/>
    public override int Restarts => Volatile.Read(ref _restarts);

    /// <inheritdoc/>
    public override BitstreamHeader? Loaded => Volatile.Read(ref _loaded);

    /// <summary>Looks for the part, and whether it runs a design.</summary>
    /// <param name="options">Which board.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: no such part answers; the message lists what does.</exception>
    public static async ValueTask<Ecp5Programmer> OpenAsync(Ecp5ProgrammerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Ecp5Programmer programmer = new(options);
        await programmer.ReadStatusAsync(cancellationToken).ConfigureAwait(false);
        return programmer;
    }

    /// <summary>Reads the part's status register.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Ecp5Status> ReadStatusAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JtagPort port = await _options.OpenPort(cancellationToken).ConfigureAwait(false);
            await using (port.ConfigureAwait(false))
            {
                (_, Ecp5Status status) = await FindAsync(port, cancellationToken).ConfigureAwait(false);
                _isLoaded = status.Done && !status.IsEnabled;
                return status;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads what the board's flash holds. The design stops meanwhile, and starts again from the flash.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: part or flash do not answer.</exception>
    public async ValueTask<FlashImages> ReadFlashAsync(CancellationToken cancellationToken = default)
    {
        FlashImages? images = null;
        await WithFlashAsync(
            async flash => images = await FlashImages.ReadAsync(flash, IdCode, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return images!;
    }

    /// <inheritdoc/>
    public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        LoadAsync(file, LoadTarget.Core, progress, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask LoadAsync(
        BitstreamFile file, LoadTarget target, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        int total = file.Payload.Length;
        progress?.Report(new LoadProgress(LoadStage.Verifying, 0, total));
        EnsureFits(file, target);
        if (target == LoadTarget.Core)
        {
            await LoadCoreAsync(file, progress, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await LoadFlashAsync(file, target, progress, cancellationToken).ConfigureAwait(false);
        }

        progress?.Report(new LoadProgress(LoadStage.Done, total, total));
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<string>> PlanAsync(BitstreamFile file, LoadTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        EnsureFits(file, target);
        Ecp5Status status = await ReadStatusAsync(cancellationToken).ConfigureAwait(false);
        string part = string.Create(CultureInfo.InvariantCulture, $"the part with IDCODE 0x{IdCode:x8} is there ({status})");
        string stop = status.Done ? "stop the design that runs: the network through the board is interrupted" : "enable configuration";
        return target == LoadTarget.Core
            ? [part, stop, $"clear the configuration memory and send {file.Payload.Length:N0} bytes", "check status and DONE, and start the design"]
            : [
                part, stop, "read the flash: what it holds already is not written again",
                .. FlashUpdate.Describe(new FlashLayout(_options.FlashLength!.Value), file.Payload.Length, target == LoadTarget.Golden),
                "start the board from the flash",
            ];
    }

    /// <summary>Ends the programmer; not while it loads.</summary>
    public void Dispose() => _turn.Dispose();

    /// <summary>Everything that can be said of the file without the board.</summary>
    private void EnsureFits(BitstreamFile file, LoadTarget target)
    {
        if (target != LoadTarget.Core && _options.FlashLength is null)
        {
            throw new OffloadException(OffloadError.Unsupported, $"A board of kind '{BoardName}' has no flash to load; leave the option out.");
        }

        file.EnsureFits(new BitstreamRequirements
        {
            Board = BoardName,
            IdCode = IdCode,
            MapHash = RegisterMap.Hash,
            Map = RegisterMap.Canonical,
            PayloadKinds = [BitstreamPayload.Ecp5],
        });
        BitstreamTrust trust = _options.Trust ?? BitstreamTrust.FromConfiguration();
        if (trust.Keys.Count > 0)
        {
            file.EnsureSigned(trust);
        }

        Ecp5Bitstream stream = Ecp5Bitstream.Read(file.Payload.Span);
        if (stream.State != Ecp5StreamState.Whole)
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.Malformed, $"{file.Name} is malformed: its configuration stream is not whole: {stream.Problem}; build it again with firmware-tools/build-bitstream");
        }

        if (stream.IdCode != IdCode)
        {
            throw new BitstreamRejectedException(
                BitstreamRejection.WrongIdCode,
                string.Create(CultureInfo.InvariantCulture, $"{file.Name} contains a configuration stream for {(stream.IdCode is { } code ? $"a part with IDCODE 0x{code:x8}" : "no named part")}, and this board's has 0x{IdCode:x8}; build it again with firmware-tools/build-bitstream"));
        }

        if (target != LoadTarget.Core)
        {
            FlashUpdate.EnsureFits(new FlashLayout(_options.FlashLength!.Value), file.Payload.Length, file.Name);
        }
    }

    private async ValueTask LoadCoreAsync(BitstreamFile file, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        await WithPartAsync(
            async (part, _) =>
            {
                // From here on the board has no design until there is a new one, so a cancellation is not heard.
                cancellationToken.ThrowIfCancellationRequested();
                int total = file.Payload.Length;
                progress?.Report(new LoadProgress(LoadStage.Transferring, 0, total));
                _isLoaded = false;
                Interlocked.Increment(ref _restarts);
                try
                {
                    await part.ClearAsync(_options.PartTimeout, CancellationToken.None).ConfigureAwait(false);
                    Ecp5Status sent = await part.BurstAsync(
                        file.Payload,
                        bytes => progress?.Report(new LoadProgress(bytes < total ? LoadStage.Transferring : LoadStage.Starting, bytes, total)),
                        _options.PartTimeout,
                        CancellationToken.None).ConfigureAwait(false);
                    Ecp5Status started = await part.StartAsync(_options.PartTimeout, CancellationToken.None).ConfigureAwait(false);
                    if (sent.HasFailed || sent.StreamError != 0 || !started.Done || started.IsEnabled)
                    {
                        throw new OffloadException(OffloadError.LoadFailed, $"The part refused {file.Name} ({(sent.StreamError != 0 ? sent : started)}).");
                    }
                }
                catch (OffloadException exception)
                {
                    throw Left(exception, await RescueAsync().ConfigureAwait(false)
                        ?? "The part was being loaded and runs nothing now: load it again; where that fails too, cut its power, which starts it from its flash.");
                }

                Volatile.Write(ref _loaded, file.Header);
                Volatile.Write(ref _isLoaded, true);
                EnsureDone(true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask LoadFlashAsync(
        BitstreamFile file, LoadTarget target, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        FlashUpdate? update = null;
        Ecp5Status status;
        try
        {
            status = await WithFlashAsync(
                async flash =>
                {
                    FlashImages images = await FlashImages.ReadAsync(flash, IdCode, cancellationToken).ConfigureAwait(false);
                    update = target == LoadTarget.Golden
                        ? await FlashUpdate.PlanGoldenAsync(flash, images, file.Payload, file.Name, cancellationToken).ConfigureAwait(false)
                        : await FlashUpdate.PlanWorkingAsync(flash, images, file.Payload, file.Name, cancellationToken).ConfigureAwait(false);
                    await update.RunAsync(
                        (done, all) => progress?.Report(new LoadProgress(LoadStage.Transferring, done, all)), cancellationToken).ConfigureAwait(false);
                    progress?.Report(new LoadProgress(LoadStage.Starting, file.Payload.Length, file.Payload.Length));
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (update is { IsCommitted: true } && exception is OffloadException and not BitstreamRejectedException)
        {
            throw Left(exception, "The flash was being written: the board starts from the new image or from its fall-back. Load it again.");
        }

        if (!status.Done || (target == LoadTarget.Flash && status.FirstImageFailed))
        {
            throw new BoardNeedsRecoveryException(
                $"The flash holds {file.Name}, and the part does not start from it ({status}{(status.FirstImageFailed ? ", the working image was not taken" : "")}); load it again, without --flash to see what the part says of it.");
        }

        Volatile.Write(ref _loaded, target == LoadTarget.Flash ? file.Header : null);
    }

    /// <summary>Gives the flash to an action while the part is clear, then starts the part from it, however the action ended.</summary>
    private async ValueTask<Ecp5Status> WithFlashAsync(Func<SpiFlash, ValueTask> action, CancellationToken cancellationToken)
    {
        Ecp5Status after = default;
        await WithPartAsync(
            async (part, before) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                _isLoaded = false;
                Interlocked.Increment(ref _restarts);
                try
                {
                    await part.ClearAsync(_options.PartTimeout, CancellationToken.None).ConfigureAwait(false);
                    SpiPort port = await part.OpenSpiAsync(CancellationToken.None).ConfigureAwait(false);
                    SpiFlash flash = await SpiFlash.IdentifyAsync(port, _options.FlashTimeouts, CancellationToken.None).ConfigureAwait(false);
                    if (flash.Length != _options.FlashLength)
                    {
                        throw new OffloadException(
                            OffloadError.LinkFault, $"The board's flash has {flash.Length:N0} bytes, and boards of kind '{BoardName}' have {_options.FlashLength:N0}: this is another board, or board.yaml is wrong.");
                    }

                    await action(flash).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not BoardGoneException)
                {
                    await RestartAsync(part, before, exception).ConfigureAwait(false);
                    if (exception is OffloadException { Code: OffloadError.LinkFault })
                    {
                        throw new LoadFailedException($"{exception.Message} The board starts from its flash as before.", exception);
                    }

                    throw;
                }

                after = await part.RefreshAsync(_options.PartTimeout, CancellationToken.None).ConfigureAwait(false);
                _isLoaded = after.Done;
            },
            cancellationToken).ConfigureAwait(false);
        return after;
    }

    /// <summary>After something went wrong: the board shall run again what it ran.</summary>
    private async ValueTask RestartAsync(Ecp5Device part, Ecp5Status before, Exception cause)
    {
        Ecp5Status after;
        try
        {
            after = await part.RefreshAsync(_options.PartTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OffloadException exception)
        {
            string state = await RescueAsync().ConfigureAwait(false) ?? "It runs nothing now. Cut the board's power, which starts it from its flash.";
            throw Left(exception, $"The part was stopped for access to its flash (first: {cause.Message}). {state}");
        }

        _isLoaded = after.Done;
        _loaded = null;
        if (before.Done && !after.Done)
        {
            throw new BoardNeedsRecoveryException(
                $"{cause.Message} The design that ran had been loaded without the flash, which has none to start ({after}): load it again.", cause);
        }
    }

    /// <summary>The error of a board that was left in between.</summary>
    private static OffloadException Left(Exception exception, string state) => exception is BoardGoneException
        ? new BoardGoneException($"{exception.Message} {state}", exception)
        : new BoardNeedsRecoveryException($"{exception.Message} {state}", exception);

    private async ValueTask WithPartAsync(Func<Ecp5Device, Ecp5Status, ValueTask> action, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JtagPort port = await _options.OpenPort(cancellationToken).ConfigureAwait(false);
            await using (port.ConfigureAwait(false))
            {
                (Ecp5Device part, Ecp5Status status) = await FindAsync(port, cancellationToken).ConfigureAwait(false);
                await action(part, status).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Scans the chain, and looks at the part without changing it.</summary>
    private async ValueTask<(Ecp5Device Part, Ecp5Status Status)> FindAsync(JtagPort port, CancellationToken cancellationToken)
    {
        JtagChain chain = await JtagChain.ScanAsync(port, cancellationToken: cancellationToken).ConfigureAwait(false);
        Ecp5Device part = new(new JtagTarget(port, chain, chain.Find(IdCode)));
        uint idCode = await part.ReadIdCodeAsync(cancellationToken).ConfigureAwait(false);
        Ecp5Status status = await part.ReadStatusAsync(cancellationToken).ConfigureAwait(false);
        if (idCode != IdCode || !status.IsPlausible)
        {
            throw new OffloadException(
                OffloadError.LinkFault,
                string.Create(CultureInfo.InvariantCulture, $"The part answered the scan, and its IDCODE then reads as 0x{idCode:x8} and its status as 0x{status.Value:x8}: the JTAG wires are unreliable; use a shorter cable, or a slower clock."));
        }

        EnsureDone(status.Done);
        return (part, status);
    }

    /// <summary>The part's own pins have to say what it says over JTAG: else they are another board's.</summary>
    private void EnsureDone(bool done)
    {
        if (_options.Lines is { } lines && lines.ReadDone() != done)
        {
            throw new OffloadException(
                OffloadError.LinkFault,
                $"The part says over JTAG that DONE is {(done ? "high" : "low")}, and the line to which DONE is said to be wired is {(done ? "low" : "high")}: that line, or the JTAG cable, leads to another board.");
        }
    }

    /// <summary>After a load that failed: starts the part by PROGRAMN, which needs nothing of JTAG.</summary>
    /// <returns>What came of it, for the message; null where nothing drives PROGRAMN.</returns>
    private async ValueTask<string?> RescueAsync()
    {
        if (_options.Lines is not { } lines)
        {
            return null;
        }

        try
        {
            lines.SetProgramN(false);
            bool cleared = await ReadsAsync(() => !lines.ReadInitN() && !lines.ReadDone()).ConfigureAwait(false);
            lines.SetProgramN(true);
            if (!cleared)
            {
                return "The part runs nothing now, and does not listen to PROGRAMN (INITN and DONE stay high): look at its wires, and cut its power, which starts it from its flash.";
            }

            _isLoaded = await ReadsAsync(() => lines.ReadInitN() && lines.ReadDone()).ConfigureAwait(false);
            _loaded = null;
            return _isLoaded
                ? "PROGRAMN has started the part from its flash, whose design runs now: load it again."
                : "The part runs nothing now, and PROGRAMN does not start it, for its flash has nothing to start: load it again.";
        }
        catch (OffloadException exception)
        {
            return $"The part runs nothing now, and PROGRAMN cannot be driven ({exception.Message}): load it again; power starts it from its flash.";
        }
    }

    private async ValueTask<bool> ReadsAsync(Func<bool> condition)
    {
        PollDeadline deadline = new(_options.PartTimeout);
        while (!condition())
        {
            if (deadline.IsOverAfterAnswer())
            {
                return false;
            }

            await Task.Delay(1).ConfigureAwait(false);
        }

        return true;
    }
}
