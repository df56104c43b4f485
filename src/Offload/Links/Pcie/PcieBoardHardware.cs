using Offload.Boards;
using Offload.Programming;

namespace Offload.Links.Pcie;

/// <summary>An open board that is a PCI function.</summary>
internal sealed class PcieBoardHardware(BoardDescription description, PcieRegisterLink link, PcieBoardKind kind, HostPort? hostPort) : BoardHardware
{
    /// <inheritdoc/>
    public override BoardDescription Description => description;

    /// <inheritdoc/>
    public override RegisterLink Link => link;

    /// <inheritdoc/>
    public override BoardProgrammer Programmer { get; } = new PcieProgrammer(kind);

    /// <inheritdoc/>
    public override HostPort? HostPort => hostPort;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => link.DisposeAsync();
}

/// <summary>A PCI function is part of the bitstream itself: while there is one, a bitstream runs, and it cannot be replaced from within.</summary>
internal sealed class PcieProgrammer(PcieBoardKind kind) : BoardProgrammer
{
    /// <inheritdoc/>
    public override string BoardName => kind.Board;

    /// <inheritdoc/>
    public override uint IdCode => kind.IdCode;

    /// <inheritdoc/>
    public override bool IsLoaded => true;

    /// <inheritdoc/>
    public override BitstreamHeader? Loaded => null;

    /// <inheritdoc/>
    public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new OffloadException(
            OffloadError.Unsupported, "a bitstream does not go onto a board over PCIe, for the PCIe link is part of it: load it over JTAG or into the board's flash, then start the machine again.");
}
