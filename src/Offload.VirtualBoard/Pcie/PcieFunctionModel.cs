using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Offload.Links;
using Offload.Registers;
using Libc = Offload.VirtualBoard.Native.Libc;

namespace Offload.VirtualBoard.Pcie;

/// <summary>
/// The board's PCI function: BAR 0 has the core's registers, and behind them the status of the bridge to them (docs/pcie.md); MSI when the interrupt
/// line rises. With the faults that a function can have. Accesses come from one thread; faults from any.
/// </summary>
internal sealed class PcieFunctionModel : IAsyncDisposable
{
    internal const ushort Vendor = 0x10EE;
    internal const ushort Device = 0x4F46;
    internal const uint BarBytes = 0x20000;

    private const uint SlaveError = 2;
    private const uint DecodeError = 3;

    private readonly Lock _gate = new();
    private readonly RegisterLink _link;
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _seenLow = new(0, 1);
    private readonly uint[] _word = new uint[1];
    private readonly uint[] _line = new uint[2];
    private readonly Task _interrupting;
    private readonly FunctionBridge _bridge;
    private SafeFileHandle? _message;
    private bool _isCoreGone; // without a core there is no function either
    private long _accessesLeft = long.MaxValue;
    private long _messages;

    /// <summary>A function after reset.</summary>
    /// <param name="link">Registers of the core. Stays the caller's.</param>
    /// <param name="bridge">Makes the bridge over a register bus; null: the model of it. The function owns what it makes.</param>
    internal PcieFunctionModel(RegisterLink link, Func<FunctionBridge.RegisterBus, FunctionBridge>? bridge = null)
    {
        _link = link;
        _bridge = bridge is null ? new FunctionBridgeModel(Access) : bridge(Access);
        _interrupting = Task.Run(() => InterruptAsync(_ending.Token));
    }

    internal ConfigurationSpace Configuration { get; } = new(Vendor, Device, BarBytes);

    /// <summary>MSI that were sent.</summary>
    internal long Messages => Interlocked.Read(ref _messages);

    /// <summary>Lets the function vanish: from then on it reads as all ones, and what is written is lost.</summary>
    /// <param name="afterAccesses">Words of BAR 0 that are still read or written before.</param>
    internal void Vanish(long afterAccesses)
    {
        lock (_gate)
        {
            _accessesLeft = afterAccesses;
        }
    }

    /// <summary>Lets the function come back, as after a reset of the link.</summary>
    internal void Return()
    {
        lock (_gate)
        {
            _accessesLeft = long.MaxValue;
            _bridge.Reset();
        }
    }

    /// <summary>Where MSI go; null: nowhere. It becomes this object's.</summary>
    internal void SetMessage(SafeFileHandle? descriptor)
    {
        lock (_gate)
        {
            _message?.Dispose();
            _message = descriptor;
        }
    }

    /// <summary>Sends an MSI.</summary>
    /// <returns>False where nobody takes it.</returns>
    internal unsafe bool SendMessage()
    {
        lock (_gate)
        {
            if (_message is null)
            {
                return false;
            }

            ulong one = 1;
            _ = Libc.Write(_message, (byte*)&one, sizeof(ulong));
            Interlocked.Increment(ref _messages);
            return true;
        }
    }

    /// <summary>Reads from BAR 0, word by word.</summary>
    internal void Read(ulong offset, Span<byte> bytes)
    {
        if (IsWords(offset, bytes.Length))
        {
            for (int i = 0; i < bytes.Length; i += sizeof(uint))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[i..], ReadWord((uint)offset + (uint)i));
            }

            return;
        }

        bytes.Fill(0xFF); // not an access that the bridge knows
    }

    /// <summary>Writes to BAR 0, word by word.</summary>
    internal void Write(ulong offset, ReadOnlySpan<byte> bytes)
    {
        if (!IsWords(offset, bytes.Length))
        {
            lock (_gate)
            {
                _bridge.WritePart((uint)offset);
            }

            return;
        }

        for (int i = 0; i < bytes.Length; i += sizeof(uint))
        {
            WriteWord((uint)offset + (uint)i, BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _interrupting.ConfigureAwait(false);
        SetMessage(null);
        _bridge.Dispose();
        _ending.Dispose();
        _seenLow.Dispose();
    }

    private static bool IsWords(ulong offset, int length) => offset % sizeof(uint) == 0 && length % sizeof(uint) == 0 && offset + (ulong)length <= BarBytes;

    private static uint ErrorAt(uint address) =>
        RegisterMap.All.Any(register => address >= register.Address && address < register.Address + ((uint)register.Words * sizeof(uint))) ? SlaveError : DecodeError;

    private uint ReadWord(uint address)
    {
        lock (_gate)
        {
            if (IsAway())
            {
                return uint.MaxValue;
            }

            if (address == FunctionBridge.StatusAddress)
            {
                FollowLine();
            }

            uint value = _bridge.Read(address);
            return _isCoreGone ? uint.MaxValue : value;
        }
    }

    private void WriteWord(uint address, uint value)
    {
        lock (_gate)
        {
            if (!IsAway())
            {
                _bridge.Write(address, value);
            }
        }
    }

    // What follows is called with the gate held.

    private bool IsAway()
    {
        if (_accessesLeft is > 0 and < long.MaxValue)
        {
            _accessesLeft--;
            return false;
        }

        return _accessesLeft == 0 || _isCoreGone;
    }

    private uint Access(uint address, bool write, ref uint value)
    {
        try
        {
            _word[0] = value;
            ValueTask access = write ? _link.WriteAsync(address, _word) : _link.ReadAsync(address, _word);
            access.AsTask().GetAwaiter().GetResult();
            value = _word[0];
            return 0;
        }
        catch (OffloadException exception) when (exception.Code == OffloadError.LinkFault)
        {
            return ErrorAt(address);
        }
        catch (Exception exception) when (exception is OffloadException or ObjectDisposedException)
        {
            _isCoreGone = true;
            return SlaveError;
        }
    }

    private void FollowLine()
    {
        bool high;
        try
        {
            _link.ReadAsync(RegisterMap.Control.InterruptEnable.Address, _line).AsTask().GetAwaiter().GetResult();
            high = (_line[0] & _line[1]) != 0;
        }
        catch (Exception exception) when (exception is OffloadException or ObjectDisposedException)
        {
            _isCoreGone = true;
            return;
        }

        Tell(high);
        if (!high && _seenLow.CurrentCount == 0)
        {
            _ = _seenLow.Release();
        }
    }

    private void Tell(bool high)
    {
        if (_bridge.Line(high))
        {
            _ = SendMessage();
        }
    }

    /// <summary>An MSI whenever the line rises after the host has seen it low; a host that has seen it high goes on by itself.</summary>
    private async Task InterruptAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _link.WaitForInterruptAsync(cancellationToken).ConfigureAwait(false);
                _ = _seenLow.Wait(0, CancellationToken.None); // what was seen before the line rose
                lock (_gate)
                {
                    Tell(high: true);
                }

                await _seenLow.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // How it is told to end.
        }
        catch (Exception exception) when (exception is OffloadException or ObjectDisposedException)
        {
            // Its board is gone, and every access says so.
        }
    }
}
