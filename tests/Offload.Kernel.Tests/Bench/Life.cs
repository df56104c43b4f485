using System.Net.Sockets;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Kernel.Tests.Bench;

/// <summary>Who opened a connection.</summary>
internal enum Opener
{
    /// <summary>The kernel, to a listener of the engine.</summary>
    Kernel,

    /// <summary>The engine, to a listener of the kernel.</summary>
    Engine,
}

/// <summary>Who closed a connection first.</summary>
internal enum Closer
{
    /// <summary>The kernel.</summary>
    Kernel,

    /// <summary>The engine.</summary>
    Engine,

    /// <summary>Both, neither waiting for the other.</summary>
    Both,
}

/// <summary>In which way TCP allows a connection to end.</summary>
internal enum Ending
{
    /// <summary>Opened, and closed in good order by both.</summary>
    Completed,

    /// <summary>The opener's SYNs, or the answers to them, were lost until it gave up (RFC 9293 3.8.3).</summary>
    OpeningGivenUp,

    /// <summary>The SYN,ACKs of who was to accept, or the answers to them, were lost until it gave up; the opener believes that it is open, until it is reset.</summary>
    AcceptanceGivenUp,

    /// <summary>The engine's FINs, or the answers to them, were lost until it gave up.</summary>
    ClosingGivenUp,

    /// <summary>The kernel's FINs, or the answers to them, were lost until it gave up, and it reset what came then.</summary>
    ResetAfterGivingUp,
}

/// <summary>What became of one connection: what both sides said of it, and how many of its segments were lost on the cable.</summary>
/// <param name="Opener">Who opened it.</param>
/// <param name="Closer">Who closed it first.</param>
/// <param name="OpenFailure">Why the opener gave up; null: it opened.</param>
/// <param name="Reason">Why the engine freed its entry; null: it has none, or had none.</param>
/// <param name="WasEstablished">Whether the engine said ESTABLISHED, exactly once.</param>
/// <param name="KernelError">How the kernel's socket ended where not by the end of the stream; null: in good order.</param>
/// <param name="Lost">Segments of its flow that the cable lost.</param>
internal sealed record Life(
    Opener Opener, Closer Closer, SocketError? OpenFailure, CloseReason? Reason, bool WasEstablished, SocketError? KernelError, int Lost)
{
    /// <summary>Transmissions that the engine makes before it gives up anything, as the tests set it: one, and twelve again.</summary>
    internal const int EngineTransmissions = 13;

    /// <summary>Transmissions that a kernel makes at least before it gives up a SYN or FIN (tcp_syn_retries 6, tcp_orphan_retries 8).</summary>
    internal const int KernelTransmissions = 7;

    /// <summary>Transmissions of a kernel's SYN,ACK within the time that the tests give it (1, 2, 4, 8 s, and more where it has a shorter limit).</summary>
    internal const int KernelAnswers = 5;

    /// <summary>In which allowed way it ended.</summary>
    /// <param name="ending">That way.</param>
    /// <returns>What is wrong where it ended in a way that TCP does not allow; else null.</returns>
    internal string? Judge(out Ending ending)
    {
        // A side gives up when each of its transmissions, or the answer to it, was lost, and not before.
        ending = Ending.Completed;
        int needed = 0;
        switch (this)
        {
            case { OpenFailure: SocketError.TimedOut, WasEstablished: false }:
                ending = Ending.OpeningGivenUp;
                needed = Opener == Opener.Kernel ? KernelTransmissions : EngineTransmissions;
                break;
            case { OpenFailure: not null }:
                return $"the open failed with {OpenFailure}, and nobody refused it";
            case { WasEstablished: false, Reason: CloseReason.TimedOut, Opener: Opener.Kernel }:
                ending = Ending.AcceptanceGivenUp;
                needed = EngineTransmissions;
                break;
            case { WasEstablished: false }:
                return $"its opener has it open, and the engine never said so ({Reason})";
            case { Opener: Opener.Engine, KernelError: SocketError.TimedOut, Reason: CloseReason.Normal or CloseReason.ResetByPeer or CloseReason.TimedOut }:
                ending = Ending.AcceptanceGivenUp;
                needed = KernelAnswers;
                break;
            case { Reason: null }:
                return "the engine never freed it";
            case { Reason: CloseReason.TimedOut }:
                ending = Ending.ClosingGivenUp;
                needed = EngineTransmissions;
                break;
            case { Reason: CloseReason.ResetByPeer }:
                ending = Ending.ResetAfterGivingUp;
                needed = KernelTransmissions;
                break;
            case { Reason: not CloseReason.Normal }:
                return $"the engine freed it because of {Reason}, which nobody asked for";
            case { KernelError: not null }:
                return $"the engine closed it in good order, and the kernel's socket says {KernelError}";
        }

        return Lost >= needed ? null : $"{ending}, but only {Lost} of its segments were lost, not {needed}";
    }
}
