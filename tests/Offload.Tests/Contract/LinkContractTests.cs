using Offload.Links;
using Offload.Registers;

namespace Offload.Tests.Contract;

/// <summary>What every register link does, whatever bus is below it, over a core that runs.</summary>
public abstract class LinkContractTests
{
    private static readonly uint Staging = RegisterMap.Listener.Staging.Address;
    private static readonly int StagingWords = RegisterMap.Listener.Staging.Words - 1; // the last word has bits without a field

    /// <summary>Opens a link to a core that runs. Disposing what is returned gives everything back.</summary>
    protected abstract ValueTask<LinkUnderTest> OpenAsync();

    [SkippableFact]
    public async Task Registers_are_read_and_written_in_bursts()
    {
        await using LinkUnderTest test = await OpenAsync();
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(test.Link, RegisterMap.Identity.Magic.Address));
        uint[] hash = new uint[RegisterMap.Identity.MapHash.Words];
        await test.Link.ReadAsync(RegisterMap.Identity.MapHash.Address, hash);
        Assert.Equal(RegisterMap.Hash, Convert.ToHexStringLower(System.Runtime.InteropServices.MemoryMarshal.AsBytes(hash.AsSpan())));

        Random random = new(7);
        for (int round = 0; round < 10; round++)
        {
            uint[] written = [.. Enumerable.Range(0, StagingWords).Select(_ => (uint)random.NextInt64(1L << 32))];
            await test.Link.WriteAsync(Staging, written);
            uint[] read = new uint[written.Length];
            await test.Link.ReadAsync(Staging, read);
            Assert.Equal(written, read);
        }
    }

    [SkippableFact]
    public async Task Bursts_of_no_words_do_nothing()
    {
        await using LinkUnderTest test = await OpenAsync();
        await test.Link.ReadAsync(RegisterMap.Identity.Magic.Address, Memory<uint>.Empty);
        await test.Link.WriteAsync(RegisterMap.Identity.Magic.Address, ReadOnlyMemory<uint>.Empty);
    }

    [SkippableFact]
    public async Task What_the_core_refuses_is_a_link_fault_and_the_link_goes_on()
    {
        await using LinkUnderTest test = await OpenAsync();
        foreach (Func<Task> wrong in new Func<Task>[]
        {
            async () => await ReadAsync(test.Link, 0xFF00),
            async () => await test.Link.WriteAsync(RegisterMap.Identity.Magic.Address, new uint[] { 1 }),
            async () => await test.Link.ReadAsync(RegisterMap.Identity.Magic.Address, new uint[4096]),
        })
        {
            Assert.Equal(OffloadError.LinkFault, (await Assert.ThrowsAsync<OffloadException>(wrong)).Code);
            Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(test.Link, RegisterMap.Identity.Magic.Address));
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await ReadAsync(test.Link, 2));
    }

    [SkippableFact]
    public async Task Many_callers_at_once_each_get_their_own_words()
    {
        await using LinkUnderTest test = await OpenAsync();
        uint[] written = [.. Enumerable.Range(0, StagingWords).Select(i => 0x01000193u * (uint)(i + 1))];
        await test.Link.WriteAsync(Staging, written);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (int round = 0; round < 25; round++)
            {
                int at = (worker + round) % written.Length;
                Assert.Equal(written[at], await ReadAsync(test.Link, Staging + ((uint)at * sizeof(uint))));
            }
        })));
    }

    [SkippableFact]
    public async Task A_cancelled_access_leaves_the_link_usable()
    {
        await using LinkUnderTest test = await OpenAsync();
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await test.Link.ReadAsync(0, new uint[1], cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await test.Link.WaitForInterruptAsync(cancelled.Token));
        Assert.Equal(RegisterMap.Identity.Magic.Info.Constant, await ReadAsync(test.Link, RegisterMap.Identity.Magic.Address));
    }

    [SkippableFact]
    public async Task Without_an_interrupt_the_wait_does_not_end()
    {
        await using LinkUnderTest test = await OpenAsync();
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await test.Link.WaitForInterruptAsync(soon.Token));
    }

    /// <summary>Reads one register.</summary>
    protected static async Task<uint> ReadAsync(RegisterLink link, uint address)
    {
        uint[] word = new uint[1];
        await link.ReadAsync(address, word);
        return word[0];
    }
}

/// <summary>A link, and what it hangs on.</summary>
public abstract class LinkUnderTest : IAsyncDisposable
{
    /// <summary>The link.</summary>
    public abstract RegisterLink Link { get; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
