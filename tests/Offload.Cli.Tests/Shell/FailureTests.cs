using Offload.Cli.Shell;
using Xunit;

namespace Offload.Cli.Tests.Shell;

/// <summary>What the user is told of an error.</summary>
public sealed class FailureTests
{
    public static TheoryData<OffloadError> EveryError => [.. Enum.GetValues<OffloadError>()];

    public static TheoryData<Exception> Others =>
    [
        new ArgumentOutOfRangeException("value"), new FormatException(), new FileNotFoundException(), new UnauthorizedAccessException(), new IOException("gone"),
        new TimeoutException(),
    ];

    [Theory]
    [MemberData(nameof(EveryError))]
    public void Every_error_of_the_SDK_names_a_next_step_and_has_an_exit_code(OffloadError error)
    {
        var failure = Failure.From(new OffloadException(error, "It did not work."));
        Assert.NotEqual(ExitCode.Ok, failure.ExitCode);
        Assert.False(string.IsNullOrWhiteSpace(failure.NextStep));
        Assert.DoesNotContain("it should have said more", failure.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OffloadError.ConnectionRefused, 10)]
    [InlineData(OffloadError.ConnectionTimedOut, 11)]
    [InlineData(OffloadError.NoRoute, 12)]
    [InlineData(OffloadError.NextHopUnreachable, 12)]
    [InlineData(OffloadError.ConnectionExists, 7)]
    [InlineData(OffloadError.TableFull, 7)]
    [InlineData(OffloadError.ConnectionAborted, 1)]
    public void How_an_open_failed_can_be_told_by_the_exit_code(OffloadError error, int exitCode) =>
        Assert.Equal(exitCode, (int)Failure.From(new OffloadException(error, "It did not work.")).ExitCode);

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_other_error_names_a_next_step(Exception exception) =>
        Assert.False(string.IsNullOrWhiteSpace(Failure.From(exception).NextStep));
}
