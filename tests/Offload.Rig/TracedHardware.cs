using Offload.Boards;
using Offload.Links;
using Offload.Programming;
using Offload.Registers;

namespace Offload.Rig;

/// <summary>Opens boards whose register accesses are written down.</summary>
internal sealed class TracingProvider(BoardProvider inner) : BoardProvider
{
    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) => inner.DiscoverAsync(cancellationToken);

    public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default) =>
        new TracedHardware(await inner.OpenAsync(board, cancellationToken));
}

internal sealed class TracedHardware(BoardHardware inner) : BoardHardware
{
    public override BoardDescription Description => inner.Description;

    public override RegisterLink Link { get; } = new TracingLink(inner.Link);

    public override BoardProgrammer Programmer => inner.Programmer;

    public override HostPort? HostPort => inner.HostPort;

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Writes down every burst; what is secret only as zeros.</summary>
internal sealed class TracingLink(RegisterLink inner) : RegisterLink
{
    public override async ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.ReadAsync(address, words, cancellationToken);
            RigLog.Current.Access("read", address, words.Span);
        }
        catch (OffloadException exception)
        {
            RigLog.Current.Access($"# {exception.Code} read", address, new uint[words.Length]);
            throw;
        }
    }

    public override async ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default)
    {
        uint[] shown = words.ToArray();
        for (int i = 0; i < shown.Length; i++)
        {
            if (IsSecret(address + ((uint)i * sizeof(uint))))
            {
                shown[i] = 0;
            }
        }

        try
        {
            await inner.WriteAsync(address, words, cancellationToken);
            RigLog.Current.Access("write", address, shown);
        }
        catch (OffloadException exception)
        {
            RigLog.Current.Access($"# {exception.Code} write", address, shown);
            throw;
        }
    }

    public override ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default) => inner.WaitForInterruptAsync(cancellationToken);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private static bool IsSecret(uint address) =>
        RegisterMap.All.Any(register => register.IsSecret && address >= register.Address && address < register.Address + ((uint)register.Words * sizeof(uint)));
}
