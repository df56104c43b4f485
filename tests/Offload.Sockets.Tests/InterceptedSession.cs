using System.Collections.Concurrent;
using Offload.Boards;
using Offload.Connections;
using Offload.Isn;
using Offload.Listeners;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Sockets.Tests;

/// <summary>A board's session in which a test has its own say before and after every command, and in what events are heard of.</summary>
internal sealed class InterceptedSession(BoardSession inner) : BoardSession
{
    /// <summary>Called before a command; null: nothing is.</summary>
    internal Func<CommandCode, Task>? Before { get; set; }

    /// <summary>Called after a command was answered; null: nothing is.</summary>
    internal Func<CommandCode, Task>? After { get; set; }

    /// <summary>Called before the table is read; null: nothing is.</summary>
    internal Func<Task>? BeforeTable { get; set; }

    /// <summary>Events that are lost before the next one is heard.</summary>
    internal int EventsToLose { get; set; }

    /// <summary>The commands so far, and how they were answered.</summary>
    internal ConcurrentQueue<(CommandCode Code, CommandStatus Status)> Commands { get; } = [];

    public override BoardDescription Description => inner.Description;

    public override bool IsHolder => inner.IsHolder;

    public override ValueTask<BoardIdentity> GetIdentityAsync(CancellationToken cancellationToken) => inner.GetIdentityAsync(cancellationToken);

    public override ValueTask<BoardPart> GetPartAsync(CancellationToken cancellationToken) => inner.GetPartAsync(cancellationToken);

    public override ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken) =>
        inner.ReadAsync(address, words, cancellationToken);

    public override ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken) =>
        inner.WriteAsync(address, words, cancellationToken);

    public override ValueTask<uint> UpdateAsync(uint address, uint mask, uint value, CancellationToken cancellationToken) =>
        inner.UpdateAsync(address, mask, value, cancellationToken);

    public override async ValueTask<CommandStatus> ExecuteAsync(CommandRequest request, Memory<uint> answer, CancellationToken cancellationToken)
    {
        await (Before?.Invoke(request.Code) ?? Task.CompletedTask);
        CommandStatus status = await inner.ExecuteAsync(request, answer, cancellationToken);
        Commands.Enqueue((request.Code, status));
        await (After?.Invoke(request.Code) ?? Task.CompletedTask);
        return status;
    }

    public override ValueTask OpenConnectionAsync(ConnectionOpenOptions options, Memory<uint> answer, CancellationToken cancellationToken) =>
        inner.OpenConnectionAsync(options, answer, cancellationToken);

    public override async ValueTask ReadTableAsync(TableWords table, CancellationToken cancellationToken)
    {
        await (BeforeTable?.Invoke() ?? Task.CompletedTask);
        await inner.ReadTableAsync(table, cancellationToken);
    }

    public override ValueTask ReadCountersAsync(Memory<ulong> values, CancellationToken cancellationToken) =>
        inner.ReadCountersAsync(values, cancellationToken);

    public override async ValueTask<EventReader> SubscribeAsync(int capacity, CancellationToken cancellationToken) =>
        new LosingReader(this, await inner.SubscribeAsync(capacity, cancellationToken));

    public override ValueTask<Listener> AddListenerAsync(ListenerOptions options, CancellationToken cancellationToken) =>
        inner.AddListenerAsync(options, cancellationToken);

    public override ValueTask<bool> RemoveListenerAsync(int slot, CancellationToken cancellationToken) => inner.RemoveListenerAsync(slot, cancellationToken);

    public override ValueTask<IReadOnlyList<Listener>> ListListenersAsync(CancellationToken cancellationToken) => inner.ListListenersAsync(cancellationToken);

    public override ValueTask<IsnConfiguration> GetIsnAsync(CancellationToken cancellationToken) => inner.GetIsnAsync(cancellationToken);

    public override ValueTask SetIsnModeAsync(IsnMode mode, uint fixedValue, CancellationToken cancellationToken) =>
        inner.SetIsnModeAsync(mode, fixedValue, cancellationToken);

    public override ValueTask<ulong> SetIsnKeyAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
        inner.SetIsnKeyAsync(key, cancellationToken);

    public override ValueTask RotateCookieKeyAsync(CancellationToken cancellationToken) => inner.RotateCookieKeyAsync(cancellationToken);

    public override ValueTask LoadAsync(string path, LoadTarget target, IProgress<LoadProgress>? progress, CancellationToken cancellationToken) =>
        inner.LoadAsync(path, target, progress, cancellationToken);

    public override ValueTask<IReadOnlyList<string>> PlanLoadAsync(string path, LoadTarget target, CancellationToken cancellationToken) =>
        inner.PlanLoadAsync(path, target, cancellationToken);

    /// <summary>The session is the board's.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class LosingReader(InterceptedSession session, EventReader reader) : EventReader
    {
        private ulong _lost;

        public override async ValueTask<EventItem> ReadAsync(Memory<uint> words, CancellationToken cancellationToken)
        {
            EventItem item = await reader.ReadAsync(words, cancellationToken);
            while (item.HasEvent && session.EventsToLose > 0)
            {
                _lost++;
                if (--session.EventsToLose == 0)
                {
                    ulong lost = _lost;
                    _lost = 0;
                    return new EventItem(HasEvent: false, lost);
                }

                item = await reader.ReadAsync(words, cancellationToken);
            }

            return item;
        }

        public override ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}
