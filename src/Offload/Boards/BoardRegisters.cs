using Offload.Registers;

namespace Offload.Boards;

/// <summary>The core's registers: by address, by what the map says of them, and by name. Thread-safe; each burst is done without another in between.</summary>
/// <remarks>
/// Names are those of the register map: <c>block.register</c>, or <c>block.register.field</c>. Keys, the key's commit, the reset, the listeners' commit
/// and the event queue's pop belong to the holder of the board and cannot be written here (<see cref="OffloadError.Unsupported"/>): the holder would
/// no longer know what the core has. Write-only registers cannot be read.
/// </remarks>
public sealed class BoardRegisters
{
    private readonly BoardSession _session;

    internal BoardRegisters(BoardSession session) => _session = session;

    /// <summary>Every register of the map, by ascending address.</summary>
    public static IReadOnlyList<RegisterInfo> All => RegisterMap.All;

    /// <summary>Reads consecutive words.</summary>
    /// <param name="address">Byte address of the first, divisible by 4, below 65536.</param>
    /// <param name="words">Where they go; 1 to 256 words.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: there is no such register;
    /// <see cref="OffloadError.InvalidArgument"/>: not an address.</exception>
    public ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default)
    {
        RegisterRules.CheckBurst(address, words.Length);
        return _session.ReadAsync(address, words, cancellationToken);
    }

    /// <summary>Reads the word at an address.</summary>
    /// <param name="address">Byte address, divisible by 4, below 65536.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<uint> ReadAsync(uint address, CancellationToken cancellationToken = default)
    {
        uint[] words = new uint[1];
        await ReadAsync(address, words, cancellationToken).ConfigureAwait(false);
        return words[0];
    }

    /// <summary>Reads the first word of a register.</summary>
    /// <param name="register">Which one, from the map.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<uint> ReadAsync(RegisterInfo register, CancellationToken cancellationToken = default)
    {
        RegisterRules.CheckReadable(register);
        return ReadAsync(register.Address, cancellationToken);
    }

    /// <summary>Reads the first word of a register, or a field of it, by name.</summary>
    /// <param name="name"><c>block.register</c> or <c>block.register.field</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: no such name, or it cannot be read.</exception>
    public async ValueTask<uint> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        (RegisterInfo register, RegisterField? field) = RegisterRules.Resolve(name);
        uint word = await ReadAsync(register, cancellationToken).ConfigureAwait(false);
        return field?.Get(word) ?? word;
    }

    /// <summary>Reads all words of a register.</summary>
    /// <param name="register">Which one, from the map.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<RegisterValue> ReadAllAsync(RegisterInfo register, CancellationToken cancellationToken = default)
    {
        RegisterRules.CheckReadable(register);
        uint[] words = new uint[register.Words];
        await ReadAsync(register.Address, words, cancellationToken).ConfigureAwait(false);
        return new RegisterValue(register, words);
    }

    /// <summary>Writes consecutive words.</summary>
    /// <param name="address">Byte address of the first, divisible by 4, below 65536.</param>
    /// <param name="words">1 to 256 words.</param>
    /// <param name="cancellationToken">Ends the wait; the words may still be written.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.LinkFault"/>: there is no such register, or it cannot be written;
    /// <see cref="OffloadError.Unsupported"/>: it belongs to the holder; <see cref="OffloadError.InvalidArgument"/>: not an address.</exception>
    public ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default)
    {
        RegisterRules.CheckBurst(address, words.Length);
        RegisterRules.CheckNotHolders(address, words.Length);
        return _session.WriteAsync(address, words, cancellationToken);
    }

    /// <summary>Writes the first word of a register.</summary>
    /// <param name="register">Which one, from the map.</param>
    /// <param name="value">The word.</param>
    /// <param name="cancellationToken">Ends the wait; the word may still be written.</param>
    public ValueTask WriteAsync(RegisterInfo register, uint value, CancellationToken cancellationToken = default)
    {
        RegisterRules.CheckWritable(register);
        return WriteAsync(register.Address, new[] { value }, cancellationToken);
    }

    /// <summary>Writes the first word of a register, or replaces a field of it and leaves the others, by name.</summary>
    /// <param name="name"><c>block.register</c> or <c>block.register.field</c>.</param>
    /// <param name="value">The word, or the field's value.</param>
    /// <param name="cancellationToken">Ends the wait; the word may still be written.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: no such name, it cannot be written, or the value does not fit.</exception>
    public ValueTask WriteAsync(string name, uint value, CancellationToken cancellationToken = default)
    {
        (RegisterInfo register, RegisterField? field) = RegisterRules.Resolve(name);
        return field is null ? WriteAsync(register, value, cancellationToken) : WriteAsync(register, field, value, cancellationToken);
    }

    /// <summary>Replaces a field of a register and leaves the others, without another access in between.</summary>
    /// <param name="register">Which register, from the map.</param>
    /// <param name="field">Which of its fields.</param>
    /// <param name="value">The field's value.</param>
    /// <param name="cancellationToken">Ends the wait; the field may still be written.</param>
    public async ValueTask WriteAsync(RegisterInfo register, RegisterField field, uint value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        RegisterRules.CheckWritable(register);
        RegisterRules.CheckNotHolders(register.Address, 1);
        if (value > field.Maximum)
        {
            throw new OffloadException(
                OffloadError.InvalidArgument, $"{value} does not fit into {register.Name}.{field.Name}, whose largest value is {field.Maximum}.");
        }

        if (register.Access == RegisterAccess.Pulse)
        {
            await _session.WriteAsync(register.Address, new[] { field.Set(0, value) }, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _session.UpdateAsync(register.Address, field.Mask, field.Set(0, value), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads every register that can be read without changing anything. Windows into memories are left out: they show the last answers.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<IReadOnlyList<RegisterValue>> DumpAsync(CancellationToken cancellationToken = default)
    {
        List<RegisterValue> values = [];
        foreach (RegisterInfo register in RegisterMap.All)
        {
            if (RegisterRules.IsDumped(register))
            {
                values.Add(await ReadAllAsync(register, cancellationToken).ConfigureAwait(false));
            }
        }

        return values;
    }
}
