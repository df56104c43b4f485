using Offload.VirtualBoard.Simulation;

namespace Offload.VirtualBoard.Usb;

/// <summary>The register bus of a board, as the board's end of the register link sees it.</summary>
public interface ILinkRegisters
{
    /// <summary>Whether the interrupt line is high.</summary>
    bool Interrupt { get; }

    /// <summary>Reads consecutive registers; the first answer that is not <see cref="AxiResponse.Okay"/> ends it.</summary>
    /// <param name="address">Byte address of the first.</param>
    /// <param name="words">Where they go.</param>
    AxiResponse Read(uint address, Span<uint> words);

    /// <summary>Writes one register.</summary>
    /// <param name="address">Its byte address.</param>
    /// <param name="word">What is written.</param>
    AxiResponse Write(uint address, uint word);
}

/// <summary>A board behind a <see cref="RegisterLinkEnd"/>.</summary>
public abstract class LinkTarget
{
    /// <summary>Does something on the register bus, with nothing else in between.</summary>
    /// <param name="work">What is done. It is given the same object as long as no other bitstream is loaded.</param>
    /// <returns>False where there is no bus: no bitstream is loaded, or the board is gone.</returns>
    public abstract ValueTask<bool> PerformAsync(Action<ILinkRegisters> work);

    /// <summary>The virtual board's core.</summary>
    /// <param name="board">The board, which somebody else opened and disposes.</param>
    public static LinkTarget Of(VirtualBoardHardware board)
    {
        ArgumentNullException.ThrowIfNull(board);
        return new CoreTarget(board.Driver);
    }

    /// <summary>The core of a board with the model of an ECP5: there is one while the part runs a design.</summary>
    /// <param name="board">The board, which somebody else opened and disposes.</param>
    public static LinkTarget Of(VirtualEcp5Hardware board)
    {
        ArgumentNullException.ThrowIfNull(board);
        return new CoreTarget(board.Driver);
    }

    private sealed class CoreTarget(BoardDriver driver) : LinkTarget
    {
        private CoreRegisters? _registers;

        public override async ValueTask<bool> PerformAsync(Action<ILinkRegisters> work)
        {
            try
            {
                await driver.AccessAsync(new LinkRequest(core => work(_registers?.Core == core ? _registers : _registers = new(core)))).ConfigureAwait(false);
                return true;
            }
            catch (Exception exception) when (exception is ObjectDisposedException or OffloadException { Code: OffloadError.NoBitstream or OffloadError.BoardGone })
            {
                return false;
            }
        }
    }

    private sealed class CoreRegisters(SimulatedCore core) : ILinkRegisters
    {
        internal SimulatedCore Core => core;

        public bool Interrupt => core.Interrupt;

        public AxiResponse Read(uint address, Span<uint> words) => core.TryRead(address, words);

        public AxiResponse Write(uint address, uint word) => core.TryWrite(address, new ReadOnlySpan<uint>(in word));
    }
}
