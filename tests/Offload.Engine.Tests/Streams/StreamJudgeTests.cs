namespace Offload.Engine.Tests.Streams;

/// <summary>The judge of streams refuses what is wrong.</summary>
public sealed class StreamJudgeTests
{
    private static readonly byte[][] Sent = [[1, 2], [3, 4, 5], [6]];

    [Fact]
    public void Equal_streams_are_equal_and_ordered()
    {
        Assert.Null(StreamJudge.Equal(Sent, [[1, 2], [3, 4, 5], [6]]));
        Assert.Null(StreamJudge.Ordered(Sent, [[1, 2], [6]]));
        Assert.Null(StreamJudge.Ordered(Sent, []));
    }

    [Fact]
    public void Lost_repeated_exchanged_cut_and_changed_frames_are_seen()
    {
        byte[][][] wrong = [[[1, 2], [3, 4, 5]], [[1, 2], [3, 4, 5], [6], [6]], [[3, 4, 5], [1, 2], [6]], [[1, 2], [3, 4], [6]], [[1, 2], [3, 4, 7], [6]]];
        Assert.All(wrong, received => Assert.NotNull(StreamJudge.Equal(Sent, received)));
        Assert.All(wrong[1..], received => Assert.NotNull(StreamJudge.Ordered(Sent, received)));
    }
}
