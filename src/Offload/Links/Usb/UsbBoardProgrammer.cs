using System.Diagnostics;
using Offload.Programming;
using Offload.Programming.Ecp5;
using Offload.Programming.Jtag;

namespace Offload.Links.Usb;

/// <summary>
/// Loads an ECP5 through a cable to its JTAG: the MPSSE of the chip that the board's register link hangs on, too, or another. It is taken for each load and
/// given back after it, so that a board opens, and works, while another program uses JTAG.
/// </summary>
internal sealed class UsbBoardProgrammer : BoardProgrammer, IDisposable
{
    private readonly UsbBoardKind _kind;
    private readonly UsbRegisterLink _link;
    private readonly TimeSpan _startTimeout;
    private readonly Ecp5ProgrammerOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Ecp5Programmer? _programmer;

    internal UsbBoardProgrammer(
        UsbBoardKind kind, Func<CancellationToken, ValueTask<JtagPort>> cable, UsbRegisterLink link, UsbBoardOptions options, ConfigurationLines? lines)
    {
        _kind = kind;
        _link = link;
        _startTimeout = options.StartTimeout;
        _options = new Ecp5ProgrammerOptions
        {
            BoardName = kind.Name,
            IdCode = kind.IdCode,
            FlashLength = kind.FlashLength,
            OpenPort = cable,
            Lines = lines,
            Trust = options.Trust,
        };
    }

    public override string BoardName => _kind.Name;

    public override uint IdCode => _kind.IdCode;

    /// <summary>A part may well run a design that is not Offload: then there is nothing that answers.</summary>
    public override bool IsLoaded => _link.IsConnected;

    public override int Restarts => Volatile.Read(ref _programmer)?.Restarts ?? 0;

    public override BitstreamHeader? Loaded => IsLoaded ? Volatile.Read(ref _programmer)?.Loaded : null;

    public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        LoadAsync(file, LoadTarget.Core, progress, cancellationToken);

    public override async ValueTask LoadAsync(
        BitstreamFile file, LoadTarget target, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Ecp5Programmer programmer = await ProgrammerAsync(cancellationToken).ConfigureAwait(false);
            int restarts = programmer.Restarts;
            try
            {
                await programmer.LoadAsync(file, target, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not BoardGoneException && programmer.Restarts != restarts)
            {
                // What ran before may run again.
                _ = programmer.IsLoaded ? await MeetAsync().ConfigureAwait(false) : await _link.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
                throw;
            }

            // A golden image runs only where the working one does not.
            if (!await MeetAsync().ConfigureAwait(false) && target != LoadTarget.Golden)
            {
                throw new BoardNeedsRecoveryException(
                    $"The part runs {file.Name}, and nothing answers at the board's register link ({_kind.Mode}, channel {(char)('A' + _kind.Channel)}) within {_startTimeout.TotalSeconds:0.#} s: it was built for another link, or the link is not wired. Load one that was built for this link.");
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    public override async ValueTask<IReadOnlyList<string>> PlanAsync(BitstreamFile file, LoadTarget target, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Ecp5Programmer programmer = await ProgrammerAsync(cancellationToken).ConfigureAwait(false);
            return await programmer.PlanAsync(file, target, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    public void Dispose()
    {
        _programmer?.Dispose();
        _options.Lines?.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<Ecp5Programmer> ProgrammerAsync(CancellationToken cancellationToken)
    {
        if (_programmer is null)
        {
            Volatile.Write(ref _programmer, await Ecp5Programmer.OpenAsync(_options, cancellationToken).ConfigureAwait(false));
        }

        return _programmer!;
    }

    /// <summary>Meets the core that has just been started, which may still wait for its clocks.</summary>
    private async ValueTask<bool> MeetAsync()
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            if (await _link.ConnectAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return true;
            }
        }
        while (Stopwatch.GetElapsedTime(start) < _startTimeout);

        return false;
    }
}
