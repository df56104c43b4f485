using System.Diagnostics;

namespace Offload.Programming;

/// <summary>
/// How long a part is asked whether it is ready. A host that was held up itself for as long as a part may take has learnt nothing of the part:
/// only time in which it also asked a few times counts as the part's.
/// </summary>
/// <param name="timeout">How long the part may take.</param>
internal struct PollDeadline(TimeSpan timeout)
{
    private const int FewestAnswers = 8;

    private readonly long _start = Stopwatch.GetTimestamp();
    private int _answers;

    /// <summary>Since it began.</summary>
    public readonly TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Counts an answer of "not yet"; true: it is the last that the part may give.</summary>
    public bool IsOverAfterAnswer() => ++_answers >= FewestAnswers && Elapsed > timeout;
}
