using System.Buffers.Binary;
using Offload.Programming.Flash;
using Offload.Programming.Jtag;

namespace Offload.Programming.Ecp5;

/// <summary>The configuration logic of an ECP5 behind JTAG (instructions: ecpprog, lattice_cmds.h; order and waits: Project Trellis, ecppack --svf).</summary>
internal sealed class Ecp5Device(JtagTarget target)
{
    private const uint IdCode = 0xE0;
    private const uint ReadStatus = 0x3C;
    private const uint Enable = 0xC6;
    private const uint Erase = 0x0E;
    private const uint ResetCrc = 0x3B;
    private const uint InitAddress = 0x46;
    private const uint BitstreamBurst = 0x7A;
    private const uint Disable = 0x26;
    private const uint Refresh = 0x79;
    private const uint ProgramSpi = 0x3A;
    private const uint Bypass = 0xFF;
    private const int SettleClocks = 100;
    private const int ChunkLength = 4096;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    internal async ValueTask<uint> ReadIdCodeAsync(CancellationToken cancellationToken) =>
        await ReadWordAsync(IdCode, cancellationToken).ConfigureAwait(false);

    internal async ValueTask<Ecp5Status> ReadStatusAsync(CancellationToken cancellationToken) =>
        new(await ReadWordAsync(ReadStatus, cancellationToken).ConfigureAwait(false));

    /// <summary>Stops the design and clears the configuration memory.</summary>
    internal async ValueTask ClearAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await CommandAsync(Enable, 0x00, cancellationToken).ConfigureAwait(false);
        Ecp5Status enabled = await WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        if (!enabled.IsEnabled)
        {
            throw Fault($"The part does not enable its configuration interface ({enabled}); cut the board's power and try again.");
        }

        await CommandAsync(Erase, 0x01, cancellationToken).ConfigureAwait(false);
        Ecp5Status erased = await WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        if (erased.Done || erased.HasFailed)
        {
            throw Fault($"The part does not erase its configuration memory ({erased}); cut the board's power and try again.");
        }
    }

    /// <summary>Sends a stream into the cleared memory, and returns what the part says of it.</summary>
    internal async ValueTask<Ecp5Status> BurstAsync(ReadOnlyMemory<byte> stream, Action<int> progress, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await CommandAsync(ResetCrc, null, cancellationToken).ConfigureAwait(false);
        await CommandAsync(InitAddress, 0x01, cancellationToken).ConfigureAwait(false);
        await CommandAsync(BitstreamBurst, null, cancellationToken).ConfigureAwait(false);
        byte[] chunk = new byte[ChunkLength];
        for (int sent = 0; sent < stream.Length;)
        {
            int count = Math.Min(chunk.Length, stream.Length - sent);
            SpiBits.Reverse(stream.Span.Slice(sent, count), chunk);
            sent += count;
            await target.WriteAsync(
                chunk.AsMemory(0, count), count * 8, sent < stream.Length ? TapState.ShiftDr : TapState.RunTestIdle, cancellationToken).ConfigureAwait(false);
            progress(sent);
        }

        await target.IdleAsync(SettleClocks, cancellationToken).ConfigureAwait(false);
        return await WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends configuration: what was loaded to its end runs.</summary>
    internal async ValueTask<Ecp5Status> StartAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await CommandAsync(Disable, null, cancellationToken).ConfigureAwait(false);
        Ecp5Status status = await WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        await CommandAsync(Bypass, null, cancellationToken).ConfigureAwait(false);
        return status;
    }

    /// <summary>Starts the part from its flash, as power does.</summary>
    internal async ValueTask<Ecp5Status> RefreshAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await CommandAsync(Refresh, null, cancellationToken).ConfigureAwait(false);
        return await WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects JTAG to the flash. The memory has to be clear: the pins belong to the design otherwise.</summary>
    internal async ValueTask<SpiPort> OpenSpiAsync(CancellationToken cancellationToken)
    {
        await CommandAsync(Disable, null, cancellationToken).ConfigureAwait(false);
        await target.InstructAsync(ProgramSpi, cancellationToken).ConfigureAwait(false);
        // This word opens the way (ecpprog, enter_spi_background_mode).
        await target.WriteAsync(new byte[] { 0xFE, 0x68 }, 16, TapState.RunTestIdle, cancellationToken).ConfigureAwait(false);
        await target.IdleAsync(SettleClocks, cancellationToken).ConfigureAwait(false);
        return new Ecp5SpiPort(target);
    }

    private static OffloadException Fault(string message) => new(OffloadError.LinkFault, message);

    private async ValueTask CommandAsync(uint instruction, byte? operand, CancellationToken cancellationToken)
    {
        await target.InstructAsync(instruction, cancellationToken).ConfigureAwait(false);
        if (operand is { } value)
        {
            await target.WriteAsync(new[] { value }, 8, TapState.RunTestIdle, cancellationToken).ConfigureAwait(false);
        }

        await target.IdleAsync(SettleClocks, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<uint> ReadWordAsync(uint instruction, CancellationToken cancellationToken)
    {
        await target.InstructAsync(instruction, cancellationToken).ConfigureAwait(false);
        return BinaryPrimitives.ReadUInt32LittleEndian(await target.ExchangeAsync(new byte[4], 32, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<Ecp5Status> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        PollDeadline deadline = new(timeout);
        while (true)
        {
            Ecp5Status status = await ReadStatusAsync(cancellationToken).ConfigureAwait(false);
            if (!status.IsPlausible)
            {
                throw Fault($"The part's status register reads as 0x{status.Value:x8}, which it never is: TDO is stuck, or the board has lost power. Look at cable and power.");
            }

            if (!status.IsBusy)
            {
                return status;
            }

            if (deadline.IsOverAfterAnswer())
            {
                throw Fault($"The part is still busy after {timeout.TotalSeconds:0.#} s ({status}); cut the board's power and try again.");
            }

            await target.IdleAsync(SettleClocks, cancellationToken).ConfigureAwait(false);
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
