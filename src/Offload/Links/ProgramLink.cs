namespace Offload.Links;

/// <summary>A register link over a bus whose answers take long, whose board therefore carries out whole programs by itself (docs/link.md).</summary>
public abstract class ProgramLink : RegisterLink
{
    /// <summary>Has the board carry out programs one after the other; several are on their way at a time. The first one that fails ends it,
    /// but those behind it that were on their way are carried out.</summary>
    /// <param name="programs">What it is to do.</param>
    /// <param name="answers">Where the words that they read go, one program's behind the other's; at least as many as the programs say.</param>
    /// <param name="cancellationToken">Stops waiting; the programs may still be carried out.</param>
    /// <returns>The answers that there were.</returns>
    /// <exception cref="OffloadException">As <see cref="RegisterLink"/> says; a wait that did not end is <see cref="OffloadError.LinkFault"/> too.</exception>
    public abstract ValueTask<int> RunAsync(IReadOnlyList<LinkProgram> programs, Memory<uint> answers, CancellationToken cancellationToken = default);
}
