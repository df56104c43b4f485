using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Boards;

/// <summary>The session of the process that holds a board.</summary>
internal sealed partial class HolderSession : BoardSession
{
    private readonly BoardHardware _hardware;
    private readonly OffloadBoardOptions _options;
    private readonly IsnKeyStore _keys;
    private readonly ILogger _logger;
    private readonly CoreAccess _core;
    private readonly ListenerSlots _slots;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private BoardIdentity? _identity;
    private OffloadException? _unusable;
    private EventPump? _pump;
    private Heartbeat? _heartbeat;
    private ulong _keyGeneration;
    private bool _disposed;

    private HolderSession(BoardHardware hardware, OffloadBoardOptions options, IsnKeyStore keys, ILogger logger)
    {
        _hardware = hardware;
        _options = options;
        _keys = keys;
        _logger = logger;
        _core = new CoreAccess(hardware.Link, options.CommandTimeout);
        _slots = new ListenerSlots(_core, hardware.HostPort, logger);
        Events.Tap = _opened.OnEvent;
        Events.LostTap = OnEventsLost;
    }

    /// <summary>The events, for subscribers and for the meter.</summary>
    public EventHub Events { get; } = new(EventLayout.Words);

    /// <inheritdoc/>
    public override BoardDescription Description => _hardware.Description;

    /// <inheritdoc/>
    public override bool IsHolder => true;

    /// <summary>Begins a session; starts the core where one is loaded. The hardware stays the caller's if this throws.</summary>
    public static async ValueTask<HolderSession> StartAsync(
        BoardHardware hardware, OffloadBoardOptions options, IsnKeyStore keys, ILogger logger, CancellationToken cancellationToken)
    {
        Heartbeat.Check(options.HostTimeout);
        HolderSession session = new(hardware, options, keys, logger);
        if (hardware.Programmer.IsLoaded)
        {
            try
            {
                await session.StartCoreAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OffloadException exception) when (
                options.OpenUnusableCore && exception.Code is OffloadError.RegisterMapMismatch or OffloadError.LinkFault)
            {
                session._unusable = exception;
                BoardLog.CoreUnusable(logger, hardware.Description.Id, exception);
            }
        }

        return session;
    }

    /// <inheritdoc/>
    public override async ValueTask<BoardIdentity> GetIdentityAsync(CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return _identity!;
    }

    /// <inheritdoc/>
    public override ValueTask<BoardPart> GetPartAsync(CancellationToken cancellationToken)
    {
        BoardProgrammer programmer = _hardware.Programmer;
        return new(new BoardPart(
            programmer.BoardName, programmer.IdCode, programmer.IsLoaded, programmer.Loaded?.Version, _hardware.HostPort));
    }

    /// <inheritdoc/>
    public override async ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken)
    {
        RegisterRules.CheckBurst(address, words.Length);
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await _core.Link.ReadAsync(address, words, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken)
    {
        RegisterRules.CheckBurst(address, words.Length);
        RegisterRules.CheckNotHolders(address, words.Length);
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await _core.Link.WriteAsync(address, words, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<uint> UpdateAsync(uint address, uint mask, uint value, CancellationToken cancellationToken)
    {
        RegisterRules.CheckBurst(address, 1);
        RegisterRules.CheckNotHolders(address, 1);
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await _core.UpdateAsync(address, mask, value, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<CommandStatus> ExecuteAsync(CommandRequest request, Memory<uint> answer, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await _core.ExecuteAsync(request, answer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask ReadTableAsync(TableWords table, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await _core.ReadTableAsync(table, _identity!.Connections, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask ReadCountersAsync(Memory<ulong> values, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await _core.ReadCountersAsync(values, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<EventReader> SubscribeAsync(int capacity, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken, needsCore: false).ConfigureAwait(false);
        return Events.Subscribe(capacity);
    }

    /// <inheritdoc/>
    public override async ValueTask<Listener> AddListenerAsync(ListenerOptions options, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        _opened.Settle(_slots);
        return await _slots.AddAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> RemoveListenerAsync(int slot, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return await _slots.RemoveAsync(slot).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<Listener>> ListListenersAsync(CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return _slots.List();
    }

    /// <inheritdoc/>
    public override async ValueTask<IsnConfiguration> GetIsnAsync(CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        uint mode = await _core.ReadAsync(RegisterMap.Isn.Mode.Address, cancellationToken).ConfigureAwait(false);
        uint fixedValue = await _core.ReadAsync(RegisterMap.Isn.FixedValue.Address, cancellationToken).ConfigureAwait(false);
        uint control = await _core.ReadAsync(RegisterMap.Control.Control.Address, cancellationToken).ConfigureAwait(false);
        uint status = await _core.ReadAsync(RegisterMap.Control.Status.Address, cancellationToken).ConfigureAwait(false);
        bool isKeySet = RegisterMap.Control.Status.IsnKeySet.Get(status) != 0;
        return new IsnConfiguration(
            (IsnMode)RegisterMap.Isn.Mode.Mode.Get(mode), fixedValue, RegisterMap.Control.Control.TestEnable.Get(control) != 0, isKeySet,
            isKeySet ? _keyGeneration : 0);
    }

    /// <inheritdoc/>
    public override async ValueTask SetIsnModeAsync(IsnMode mode, uint fixedValue, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        uint control = RegisterMap.Control.Control.Address;
        uint test = RegisterMap.Control.Control.TestEnable.Mask;
        if (mode == IsnMode.Fixed)
        {
            await _core.WriteAsync(RegisterMap.Isn.FixedValue.Address, fixedValue, cancellationToken).ConfigureAwait(false);
            await _core.UpdateAsync(control, test, uint.MaxValue, cancellationToken).ConfigureAwait(false);
            BoardLog.IsnTestMode(_logger);
        }

        await _core.WriteAsync(RegisterMap.Isn.Mode.Address, (uint)mode, cancellationToken).ConfigureAwait(false);
        if (mode != IsnMode.Fixed)
        {
            await _core.UpdateAsync(control, test, 0, cancellationToken).ConfigureAwait(false);
        }

        BoardLog.IsnModeSet(_logger, mode);
    }

    /// <inheritdoc/>
    public override async ValueTask<ulong> SetIsnKeyAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);

        // Before the attempt: if it fails half-way, nobody may believe to know the key.
        ulong generation = ++_keyGeneration;
        await _core.SetIsnKeyAsync(key, cancellationToken).ConfigureAwait(false);
        BoardLog.IsnKeySet(_logger, generation);
        return generation;
    }

    /// <inheritdoc/>
    public override async ValueTask RotateCookieKeyAsync(CancellationToken cancellationToken)
    {
        using Turn turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await _core.SetCookieKeyAsync(cancellationToken).ConfigureAwait(false);
        BoardLog.CookieKeySet(_logger);
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<string>> PlanLoadAsync(string path, LoadTarget target, CancellationToken cancellationToken)
    {
        BitstreamFile file = await Task.Run(() => BitstreamFile.Open(path), cancellationToken).ConfigureAwait(false);
        using Turn turn = await EnterAsync(cancellationToken, needsCore: false).ConfigureAwait(false);
        return await _hardware.Programmer.PlanAsync(file, target, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask LoadAsync(string path, LoadTarget target, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        BitstreamFile file = await Task.Run(() => BitstreamFile.Open(path), cancellationToken).ConfigureAwait(false);
        using Turn turn = await EnterAsync(cancellationToken, needsCore: false).ConfigureAwait(false);
        await StopLoopsAsync().ConfigureAwait(false);
        int restarts = _hardware.Programmer.Restarts;
        try
        {
            await _hardware.Programmer.LoadAsync(file, target, progress, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (_hardware.Programmer.IsLoaded && _hardware.Programmer.Restarts != restarts)
            {
                await RestartCoreAsync("the board was started again").ConfigureAwait(false);
            }
            else if (!_hardware.Programmer.IsLoaded)
            {
                _identity = null;
                EndOpened("its core is gone");
            }
            else if (_identity is not null)
            {
                await StartLoopsAsync(CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }

        BoardLog.BitstreamLoaded(_logger, path, file.Header.Version);
        if (!_hardware.Programmer.IsLoaded)
        {
            // The golden image of a board that starts something else.
            _identity = null;
            EndOpened("another bitstream was started");
            return;
        }

        if (await RestartCoreAsync("another bitstream was loaded").ConfigureAwait(false) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Events.Complete(new BoardGoneException("The board was closed. Open it again."));
            await StopLoopsAsync().ConfigureAwait(false);
            if (_identity is not null)
            {
                await StopCoreAsync().ConfigureAwait(false);
            }

            EndOpened("the board was closed");
            _slots.Dispose();
            await _hardware.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes up a core that has just been started by a load. What is wrong with it is kept, and returned.</summary>
    private async ValueTask<OffloadException?> RestartCoreAsync(string reason)
    {
        _identity = null;
        EndOpened(reason);
        try
        {
            // The old core is gone; a cancellation now would leave a board that is neither.
            await StartCoreAsync(CancellationToken.None).ConfigureAwait(false);
            _unusable = null;
        }
        catch (OffloadException exception)
        {
            _unusable = exception;
        }

        return _unusable;
    }

    private async ValueTask StartCoreAsync(CancellationToken cancellationToken)
    {
        BoardIdentity identity = await CoreStartup.IdentifyAsync(_core, _hardware.Programmer.Loaded, cancellationToken).ConfigureAwait(false);
        await CoreStartup.WaitReadyAsync(_core, _options.ReadyTimeout, cancellationToken).ConfigureAwait(false);
        await CoreStartup.SetPlacementKeyAsync(_core, cancellationToken).ConfigureAwait(false);
        await CoreStartup.SetIsnKeyAsync(_core, _keys, ++_keyGeneration, cancellationToken).ConfigureAwait(false);
        await _core.SetCookieKeyAsync(cancellationToken).ConfigureAwait(false);
        await _slots.BeginAsync(identity, cancellationToken).ConfigureAwait(false);
        await Heartbeat.PrepareAsync(_core, _options.HostTimeout, cancellationToken).ConfigureAwait(false);
        uint orphans = await _core.ReadAsync(RegisterMap.Control.EntriesInUse.Address, cancellationToken).ConfigureAwait(false);
        byte epoch = await CoreStartup.EnableAsync(_core, cancellationToken).ConfigureAwait(false);
        await StartLoopsAsync(cancellationToken).ConfigureAwait(false);
        _identity = identity;
        BoardLog.CoreStarted(_logger, identity.CoreVersion, identity.Connections, identity.Listeners, epoch);
        if (orphans > 0)
        {
            BoardLog.Orphans(_logger, orphans);
        }
    }

    /// <summary>The board becomes a cable.</summary>
    private async ValueTask StopCoreAsync()
    {
        try
        {
            foreach (Listener listener in _slots.List())
            {
                await _slots.RemoveAsync(listener.Slot).ConfigureAwait(false);
            }

            await _core.UpdateAsync(
                RegisterMap.Control.Control.Address, RegisterMap.Control.Control.Enable.Mask | RegisterMap.Control.Control.TestEnable.Mask, 0, CancellationToken.None)
                .ConfigureAwait(false);
            await _core.WriteAsync(RegisterMap.Control.InterruptEnable.Address, 0, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OffloadException or IOException or ObjectDisposedException)
        {
            BoardLog.CloseFailed(_logger, Description.Id, exception);
        }
    }

    private async ValueTask StartLoopsAsync(CancellationToken cancellationToken)
    {
        _pump = await EventPump.StartAsync(_core, Events, _logger, cancellationToken).ConfigureAwait(false);
        _heartbeat = Heartbeat.Start(_core.Link, _options.HostTimeout, _logger);
    }

    private void EndOpened(string why) => _opened.EndAll(opened => new OffloadException(
        OffloadError.ConnectionAborted, $"Connection {opened.Key}: {why}. Open it again."));

    private async ValueTask StopLoopsAsync()
    {
        if (_heartbeat is { } heartbeat)
        {
            _heartbeat = null;
            await heartbeat.DisposeAsync().ConfigureAwait(false);
        }

        if (_pump is { } pump)
        {
            _pump = null;
            await pump.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken, bool needsCore = true)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        Turn turn = new(_gate);
        if (_disposed)
        {
            turn.Dispose();
            throw new BoardGoneException($"Board {Description.Id} was closed. Open it again.");
        }

        if (needsCore && _identity is null)
        {
            turn.Dispose();
            throw _unusable is { } unusable
                ? OffloadException.Create(unusable.Code, unusable.Message, unusable)
                : new OffloadException(
                    OffloadError.NoBitstream,
                    $"Board {Description.Id}: no bitstream loaded. Load one (offload load, or OffloadBoard.LoadBitstreamAsync).");
        }

        return turn;
    }

    /// <summary>A turn at the board; ends when it is disposed.</summary>
    private readonly struct Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
