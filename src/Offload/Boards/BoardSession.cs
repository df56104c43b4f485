using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Boards;

/// <summary>What <see cref="OffloadBoard"/> stands on: the holder of a board, or a client of its holder. Each call is done without another in between.</summary>
internal abstract class BoardSession : IAsyncDisposable
{
    /// <summary>The board.</summary>
    public abstract BoardDescription Description { get; }

    /// <summary>Whether this process holds the board.</summary>
    public abstract bool IsHolder { get; }

    /// <summary>What is loaded; throws <see cref="OffloadError.NoBitstream"/> before a load.</summary>
    public abstract ValueTask<BoardIdentity> GetIdentityAsync(CancellationToken cancellationToken);

    /// <summary>What a bitstream must be made for.</summary>
    public abstract ValueTask<BoardPart> GetPartAsync(CancellationToken cancellationToken);

    /// <summary>One register burst.</summary>
    public abstract ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken);

    /// <summary>One register burst.</summary>
    public abstract ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken);

    /// <summary>Replaces the bits of a mask in a register; returns the new word.</summary>
    public abstract ValueTask<uint> UpdateAsync(uint address, uint mask, uint value, CancellationToken cancellationToken);

    /// <summary>A command with its answer; <paramref name="answer"/> takes the entry's words.</summary>
    public abstract ValueTask<CommandStatus> ExecuteAsync(CommandRequest request, Memory<uint> answer, CancellationToken cancellationToken);

    /// <summary>Opens a connection and waits until it is ESTABLISHED; <paramref name="answer"/> takes the entry's words.</summary>
    public abstract ValueTask OpenConnectionAsync(ConnectionOpenOptions options, Memory<uint> answer, CancellationToken cancellationToken);

    /// <summary>All entries in use.</summary>
    public abstract ValueTask ReadTableAsync(TableWords table, CancellationToken cancellationToken);

    /// <summary>All counters of one instant.</summary>
    public abstract ValueTask ReadCountersAsync(Memory<ulong> values, CancellationToken cancellationToken);

    /// <summary>Starts a subscription to the events; it gets every event that the core reports from now on.</summary>
    public abstract ValueTask<EventReader> SubscribeAsync(int capacity, CancellationToken cancellationToken);

    /// <summary>Binds an end point at the kernel and gives it a slot.</summary>
    public abstract ValueTask<Listener> AddListenerAsync(ListenerOptions options, CancellationToken cancellationToken);

    /// <summary>Takes a slot's listener away; false where the slot has none.</summary>
    public abstract ValueTask<bool> RemoveListenerAsync(int slot, CancellationToken cancellationToken);

    /// <summary>Listeners in the order of their slots.</summary>
    public abstract ValueTask<IReadOnlyList<Listener>> ListListenersAsync(CancellationToken cancellationToken);

    /// <summary>How ISNs are made.</summary>
    public abstract ValueTask<IsnConfiguration> GetIsnAsync(CancellationToken cancellationToken);

    /// <summary>Sets how ISNs are made.</summary>
    public abstract ValueTask SetIsnModeAsync(IsnMode mode, uint fixedValue, CancellationToken cancellationToken);

    /// <summary>Sets the ISN key; returns its generation.</summary>
    public abstract ValueTask<ulong> SetIsnKeyAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    /// <summary>Sets a cookie key from the holder's generator; it goes nowhere but into the core.</summary>
    public abstract ValueTask RotateCookieKeyAsync(CancellationToken cancellationToken);

    /// <summary>Loads a bitstream and starts the core.</summary>
    public abstract ValueTask LoadAsync(string path, LoadTarget target, IProgress<LoadProgress>? progress, CancellationToken cancellationToken);

    /// <summary>What a load would do.</summary>
    public abstract ValueTask<IReadOnlyList<string>> PlanLoadAsync(string path, LoadTarget target, CancellationToken cancellationToken);

    /// <summary>Ends the session.</summary>
    public abstract ValueTask DisposeAsync();
}
