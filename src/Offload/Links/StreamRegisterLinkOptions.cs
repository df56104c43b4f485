namespace Offload.Links;

/// <summary>How patient a <see cref="StreamRegisterLink"/> is.</summary>
public sealed record StreamRegisterLinkOptions
{
    /// <summary>How long the board may take for the answer to a request; 2 s by default.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for the answer to who the board is, when the link is opened, for a board without a bitstream never answers;
    /// null, the default: <see cref="AnswerTimeout"/>.</summary>
    public TimeSpan? FirstAnswerTimeout { get; init; }

    /// <summary>How often the board is asked who it is before it counts as gone; 3 times by default.</summary>
    public int IdentifyAttempts { get; init; } = 3;

    /// <summary>How often the interrupt line is asked for while somebody waits for it, in case the board's notice was lost; every second by default.</summary>
    public TimeSpan InterruptPoll { get; init; } = TimeSpan.FromSeconds(1);
}
