using Offload.Links;
using Offload.Tests.Contract;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>The contract of a register link refuses links that do something wrong.</summary>
public sealed class LinkMutantTests
{
    public enum Mistake
    {
        None,
        BendsABit,
        WritesOneWordLess,
        SwallowsErrors,
        FailsForEverAfterAnError,
        ReadsTheWordBefore,
        ClaimsAnInterrupt,
        IgnoresCancellation,
    }

    [Theory]
    [InlineData(Mistake.BendsABit, nameof(LinkContractTests.Registers_are_read_and_written_in_bursts))]
    [InlineData(Mistake.WritesOneWordLess, nameof(LinkContractTests.Registers_are_read_and_written_in_bursts))]
    [InlineData(Mistake.SwallowsErrors, nameof(LinkContractTests.What_the_core_refuses_is_a_link_fault_and_the_link_goes_on))]
    [InlineData(Mistake.FailsForEverAfterAnError, nameof(LinkContractTests.What_the_core_refuses_is_a_link_fault_and_the_link_goes_on))]
    [InlineData(Mistake.ReadsTheWordBefore, nameof(LinkContractTests.Many_callers_at_once_each_get_their_own_words))]
    [InlineData(Mistake.ClaimsAnInterrupt, nameof(LinkContractTests.Without_an_interrupt_the_wait_does_not_end))]
    [InlineData(Mistake.IgnoresCancellation, nameof(LinkContractTests.A_cancelled_access_leaves_the_link_usable))]
    public async Task A_wrong_link_is_caught(Mistake mistake, string test)
    {
        Task Run(Mistake made) => (Task)typeof(LinkContractTests).GetMethod(test)!.Invoke(new Mutant(made), null)!;
        await Run(Mistake.None);
        await Assert.ThrowsAnyAsync<Exception>(() => Run(mistake));
    }

    private sealed class Mutant(Mistake mistake) : LinkContractTests
    {
        protected override async ValueTask<LinkUnderTest> OpenAsync()
        {
            (UsbBench _, UsbRig rig) = await UsbBench.InProcessAsync();
            return new Wrong(rig, mistake);
        }
    }

    private sealed class Wrong(UsbRig rig, Mistake mistake) : LinkUnderTest
    {
        public override RegisterLink Link { get; } = new WrongLink(rig.Boards[0].Link, mistake);

        public override ValueTask DisposeAsync() => rig.DisposeAsync();
    }

    private sealed class WrongLink(RegisterLink right, Mistake mistake) : RegisterLink
    {
        private bool _failed;

        public override async ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default)
        {
            await TryAsync(() => right.ReadAsync(mistake == Mistake.ReadsTheWordBefore && address > 4 ? address - 4 : address, words, Token(cancellationToken)));
            if (mistake == Mistake.BendsABit && words.Length > 4)
            {
                words.Span[3] ^= 0x100;
            }
        }

        public override ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default) =>
            TryAsync(() => right.WriteAsync(address, mistake == Mistake.WritesOneWordLess && words.Length > 1 ? words[..^1] : words, Token(cancellationToken)));

        public override ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default) =>
            mistake is Mistake.ClaimsAnInterrupt ? ValueTask.CompletedTask : right.WaitForInterruptAsync(cancellationToken);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private CancellationToken Token(CancellationToken given) => mistake == Mistake.IgnoresCancellation ? CancellationToken.None : given;

        private async ValueTask TryAsync(Func<ValueTask> access)
        {
            if (_failed && mistake == Mistake.FailsForEverAfterAnError)
            {
                throw new OffloadException(OffloadError.LinkFault, "still");
            }

            try
            {
                await access();
            }
            catch (OffloadException)
            {
                _failed = true;
                if (mistake != Mistake.SwallowsErrors)
                {
                    throw;
                }
            }
        }
    }
}
