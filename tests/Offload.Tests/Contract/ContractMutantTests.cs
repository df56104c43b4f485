using Offload.Tests.Fakes;

namespace Offload.Tests.Contract;

/// <summary>The contract refuses a core that does something wrong.</summary>
public sealed class ContractMutantTests
{
    [Theory]
    [InlineData((int)FakeFault.OpenIgnoresTheMac, nameof(BoardContractTests.An_open_that_is_answered_is_established))]
    [InlineData((int)FakeFault.OpenIgnoresTheSlot, nameof(BoardContractTests.An_open_that_is_answered_is_established))]
    [InlineData((int)FakeFault.OpenInTheEpochBefore, nameof(BoardContractTests.This_sessions_connections_are_no_orphans))]
    [InlineData((int)FakeFault.CloseInEveryState, nameof(BoardContractTests.Close_sends_a_fin_once_and_then_names_the_state))]
    [InlineData((int)FakeFault.AbortFreesNothing, nameof(BoardContractTests.A_cancelled_open_is_aborted))]
    [InlineData((int)FakeFault.TakeIgnoresTheNumbers, nameof(BoardContractTests.A_parked_connection_goes_to_the_host_and_comes_back))]
    [InlineData((int)FakeFault.ReleaseAlwaysForgets, nameof(BoardContractTests.A_parked_connection_goes_to_the_host_and_comes_back))]
    [InlineData((int)FakeFault.RefusalsAreTimeouts, nameof(BoardContractTests.An_open_that_is_refused_says_so_as_a_socket_would))]
    public async Task A_wrong_core_is_caught(int fault, string test)
    {
        Task Run(FakeFault injected) => (Task)typeof(BoardContractTests).GetMethod(test)!.Invoke(new Mutant(injected), null)!;
        await Run(FakeFault.None);
        await Assert.ThrowsAnyAsync<Exception>(() => Run((FakeFault)fault));
    }

    private sealed class Mutant(FakeFault fault) : BoardContractTests
    {
        protected override async ValueTask<BoardUnderTest> OpenAsync()
        {
            FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: false);
            test.Core.Fault = fault;
            return test;
        }
    }
}
