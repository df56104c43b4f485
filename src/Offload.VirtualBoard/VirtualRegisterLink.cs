using Offload.Links;

namespace Offload.VirtualBoard;

/// <summary>The registers of the simulated core.</summary>
internal sealed class VirtualRegisterLink : RegisterLink
{
    private readonly BoardDriver _driver;

    internal VirtualRegisterLink(BoardDriver driver) => _driver = driver;

    public override ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default) =>
        AccessAsync(new LinkRequest(address, words, default), words.Length, cancellationToken);

    public override ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default) =>
        AccessAsync(new LinkRequest(address, default, words), words.Length, cancellationToken);

    public override ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default) =>
        _driver.WaitForInterruptAsync(cancellationToken);

    /// <summary>Nothing to give back: the link lives as long as its board.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask AccessAsync(in LinkRequest request, int words, CancellationToken cancellationToken)
    {
        if (request.Address % sizeof(uint) != 0)
        {
            return ValueTask.FromException(new ArgumentException($"a register's address is divisible by 4, and 0x{request.Address:X} is not"));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (words == 0)
        {
            return ValueTask.CompletedTask;
        }

        try
        {
            return _driver.AccessAsync(request);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }
}
