namespace Offload.Links.Pcie;

/// <summary>The registers of a board that is a PCI function: BAR 0, by VFIO or by a mapping of sysfs.</summary>
/// <remarks>
/// A burst is followed by a read of the bridge's status (docs/pcie.md). It shows whether the register bus refused an access (a PCI write has no
/// answer of its own), whether all accesses were carried out, and whether the function is still there: a function that is gone reads as all ones,
/// which the status never is. So a register that holds all ones is told from a board that is gone, and nothing read from the latter is taken for true.
/// </remarks>
public sealed class PcieRegisterLink : RegisterLink
{
    /// <summary>Interrupts for nothing, one after the other, from which on the waiting is slowed down.</summary>
    private const int PatientInterrupts = 4;

    // In case that an interrupt was lost on its way; and how often the line is looked at where there are none.
    private static readonly TimeSpan LostInterrupt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    private readonly Lock _turn = new();
    private readonly PcieWindow _window;
    private readonly IDisposable _device;
    private readonly PcieInterrupts? _interrupts;
    private uint _count;
    private OffloadException? _gone;
    private bool _disposed;

    /// <summary>Takes a window over.</summary>
    /// <param name="window">BAR 0. The link owns it.</param>
    /// <param name="interrupts">MSI; null: the status is polled. The link owns it.</param>
    /// <param name="device">What is given back at the end.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.BoardGone"/>: nothing answers there;
    /// <see cref="OffloadError.RegisterMapMismatch"/>: something else does.</exception>
    internal PcieRegisterLink(PcieWindow window, PcieInterrupts? interrupts, IDisposable device)
    {
        _window = window;
        _interrupts = interrupts;
        _device = device;
        uint identity = window.Read(PcieBridge.IdentityAddress);
        if (identity == PcieBridge.Nothing)
        {
            throw NothingThere();
        }

        if (identity != PcieBridge.Identity)
        {
            throw new RegisterMapMismatchException(
                $"BAR 0 has 0x{identity:x8} at 0x{PcieBridge.IdentityAddress:x} and not 0x{PcieBridge.Identity:x8}: this PCI function is no board of Offload. "
                + "Load its bitstream, or check vendor and device id.");
        }

        window.Write(PcieBridge.StatusAddress, 0);
        _count = PcieBridge.Count(Status());
    }

    /// <summary>Whether the board tells of events by MSI; otherwise its status is polled.</summary>
    public bool HasInterrupts => _interrupts is not null;

    /// <inheritdoc/>
    public override ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default)
    {
        Check(address, words.Length);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_turn)
        {
            Begin();
            Span<uint> span = words.Span;
            try
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = _window.Read(address + ((uint)i * sizeof(uint)));
                }

                End(words.Length);
            }
            catch (OffloadException exception)
            {
                span.Clear(); // what was read means nothing
                Remember(exception);
                throw;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default)
    {
        Check(address, words.Length);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_turn)
        {
            Begin();
            ReadOnlySpan<uint> span = words.Span;
            try
            {
                for (int i = 0; i < span.Length; i++)
                {
                    _window.Write(address + ((uint)i * sizeof(uint)), span[i]);
                }

                // Which also pushes the writes to the board: a read passes no posted write (PCI Express Base Specification, 2.4.1).
                End(words.Length);
            }
            catch (OffloadException exception)
            {
                Remember(exception);
                throw;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default)
    {
        for (int round = 0; ; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task? next = _interrupts?.NextAsync(); // asked for before the look at the line, so that none is missed in between
            if (IsInterruptHigh())
            {
                return;
            }

            if (next is null)
            {
                await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
                continue;
            }

            using CancellationTokenSource slept = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (await Task.WhenAny(next, Task.Delay(LostInterrupt, slept.Token)).ConfigureAwait(false) != next)
            {
                round = 0;
                continue;
            }

            await slept.CancelAsync().ConfigureAwait(false);
            await next.ConfigureAwait(false);
            if (round > PatientInterrupts)
            {
                // A storm: interrupts, and none of them for a reason.
                await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gives the function back. Waits for an interrupt end in <see cref="OffloadError.BoardGone"/>.</summary>
    public override ValueTask DisposeAsync()
    {
        lock (_turn)
        {
            if (_disposed)
            {
                return ValueTask.CompletedTask;
            }

            _disposed = true;
            _interrupts?.Dispose();
            _window.Dispose();
            _device.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static void Check(uint address, int words)
    {
        if (address % sizeof(uint) != 0 || address + ((long)words * sizeof(uint)) > PcieBridge.RegisterBytes)
        {
            throw new ArgumentException($"registers lie at addresses that are divisible by 4, up to 0xFFFC; 0x{address:X} and {words} of them do not", nameof(address));
        }
    }

    private static BoardGoneException NothingThere() =>
        new("the board no longer answers: its PCI function reads as all ones. Look at its slot, its power and whether it was loaded anew; then open it again");

    // What follows is called with the turn taken.

    private bool IsInterruptHigh()
    {
        lock (_turn)
        {
            Begin();
            try
            {
                return (Status() & PcieBridge.Interrupt) != 0;
            }
            catch (OffloadException exception)
            {
                Remember(exception);
                throw;
            }
        }
    }

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _gone ??= _interrupts?.Gone;
        if (_gone is not null)
        {
            throw new BoardGoneException(_gone.Message, _gone);
        }
    }

    private uint Status()
    {
        uint status = _window.Read(PcieBridge.StatusAddress);
        return status != PcieBridge.Nothing ? status : throw NothingThere();
    }

    // A board that is gone stays gone for this link, even if something answers there again: its state is another one then.
    private void Remember(OffloadException exception)
    {
        if (exception is BoardGoneException)
        {
            _gone ??= exception;
        }
    }

    private void End(int words)
    {
        uint status = Status();
        uint expected = (_count + (uint)words) % PcieBridge.CountModulus;
        _count = PcieBridge.Count(status);
        if ((status & PcieBridge.Fault) != 0)
        {
            _window.Write(PcieBridge.StatusAddress, 0);
            string answer = PcieBridge.Response(status) switch
            {
                2 => "SLVERR: a register there refuses it",
                3 => "DECERR: there is no such register",
                uint other => $"response {other}",
            };
            throw new OffloadException(
                OffloadError.LinkFault,
                $"the core answered the {((status & PcieBridge.FaultWasWrite) != 0 ? "write" : "read")} at 0x{PcieBridge.Address(status):X4} with {answer}; "
                + "look the address up in docs/registers.md");
        }

        if (_count != expected)
        {
            throw new OffloadException(
                OffloadError.LinkFault,
                "the board did not carry out every access of a burst: it was away for a moment, or was loaded anew. Which of them were done is not known; open it again");
        }
    }
}
