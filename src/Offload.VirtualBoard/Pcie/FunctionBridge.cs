namespace Offload.VirtualBoard.Pcie;

/// <summary>What lies between BAR 0 and the register bus, and behind the registers in BAR 0 (docs/pcie.md). One caller at a time.</summary>
internal abstract class FunctionBridge : IDisposable
{
    internal const uint RegisterBytes = 0x10000;
    internal const uint IdentityAddress = 0x10000;
    internal const uint StatusAddress = 0x10004;

    /// <summary>An access to a register.</summary>
    /// <param name="address">Byte address of the register.</param>
    /// <param name="write">Whether it is written.</param>
    /// <param name="value">What is written; or what was read.</param>
    /// <returns>How the register bus answers: 0 OKAY, 2 SLVERR, 3 DECERR.</returns>
    internal delegate uint RegisterBus(uint address, bool write, ref uint value);

    /// <summary>Reads a word of BAR 0.</summary>
    internal abstract uint Read(uint address);

    /// <summary>Writes a word of BAR 0.</summary>
    internal abstract void Write(uint address, uint value);

    /// <summary>Something else than a whole word is written there.</summary>
    internal abstract void WritePart(uint address);

    /// <summary>Tells it the level of the core's interrupt line.</summary>
    /// <returns>Whether an MSI is due.</returns>
    internal abstract bool Line(bool high);

    /// <summary>As after a reset of the PCI link.</summary>
    internal abstract void Reset();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The bridge as docs/pcie.md has it, in C#.</summary>
internal sealed class FunctionBridgeModel(FunctionBridge.RegisterBus bus) : FunctionBridge
{
    private const uint Identity = 0x4F465042;
    private const uint CountModulus = 1 << 11;
    private const uint SlaveError = 2;

    private uint _count;
    private uint _fault; // the status without count and interrupt line; 0: none
    private bool _high;
    private bool _armed = true;

    internal override uint Read(uint address)
    {
        if (address < RegisterBytes)
        {
            uint value = 0;
            return Access(address, write: false, ref value) ? value : uint.MaxValue;
        }

        if (address != StatusAddress)
        {
            return address == IdentityAddress ? Identity : 0;
        }

        _armed |= !_high;
        return _fault | (_count << 5) | (_high ? 2u : 0);
    }

    internal override void Write(uint address, uint value)
    {
        if (address == StatusAddress)
        {
            _fault = 0;
        }
        else if (address < RegisterBytes)
        {
            _ = Access(address, write: true, ref value);
        }
    }

    internal override void WritePart(uint address) => SetFault(address & (RegisterBytes - 4), SlaveError, write: true);

    internal override bool Line(bool high)
    {
        bool due = high && _armed;
        _high = high;
        _armed &= !high;
        return due;
    }

    internal override void Reset()
    {
        _count = 0;
        _fault = 0;
        _armed = !_high; // an MSI that is due then goes nowhere, for a reset switches MSI off
    }

    public override void Dispose()
    {
        // It has nothing to give back.
    }

    private bool Access(uint address, bool write, ref uint value)
    {
        if (_fault != 0)
        {
            return false; // behind a failure, nothing is carried out
        }

        uint response = bus(address, write, ref value);
        if (response == 0)
        {
            _count = (_count + 1) % CountModulus;
            return true;
        }

        SetFault(address, response, write);
        return false;
    }

    private void SetFault(uint address, uint response, bool write)
    {
        if (_fault == 0)
        {
            _fault = (address << 16) | (response << 3) | (write ? 4u : 0) | 1;
        }
    }
}
