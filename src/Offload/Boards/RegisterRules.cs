using Offload.Registers;

namespace Offload.Boards;

/// <summary>Which registers can be reached how, whoever asks.</summary>
internal static class RegisterRules
{
    /// <summary>Most words of one burst.</summary>
    public const int MaxBurst = 256;

    private const uint AddressSpace = 0x10000;

    /// <summary>What only the holder writes, with what to use instead.</summary>
    private static readonly (RegisterInfo Register, string Instead)[] Holders =
    [
        (RegisterMap.Event.Pop.Info, "subscribe to the events"),
        (RegisterMap.Isn.Key.Info, "set the ISN key (isn set, BoardIsn.SetKeyAsync)"),
        (RegisterMap.Isn.KeyCommit.Info, "set the ISN key (isn set, BoardIsn.SetKeyAsync)"),
        (RegisterMap.Isn.PlacementKey.Info, "nothing: it is set once, when the session begins"),
        (RegisterMap.Isn.CookieKey.Info, "rotate the cookie key (isn rotate, BoardIsn.RotateAsync)"),
        (RegisterMap.Control.Heartbeat.Info, "nothing: whoever holds the board gives the signs of life"),
        (RegisterMap.Control.HeartbeatTimeout.Info, "OffloadBoardOptions.HostTimeout of whoever holds the board"),
        (RegisterMap.Control.Reset.Info, "load the bitstream again"),
        (RegisterMap.Listener.Action.Info, "add or remove a listener"),
    ];

    /// <summary>Throws unless it is a burst within the register space.</summary>
    public static void CheckBurst(uint address, int words)
    {
        if (address % 4 != 0 || words is < 1 or > MaxBurst || address + (4L * words) > AddressSpace)
        {
            throw new OffloadException(
                OffloadError.InvalidArgument,
                $"A burst has 1 to {MaxBurst} words at an address that is divisible by 4 and ends below 0x{AddressSpace:x}; this one has {words} at 0x{address:x}.");
        }
    }

    /// <summary>Throws where a write would touch what only the holder writes.</summary>
    public static void CheckNotHolders(uint address, int words)
    {
        long end = address + (4L * words);
        foreach ((RegisterInfo register, string instead) in Holders)
        {
            if (address < register.Address + (4L * register.Words) && register.Address < end)
            {
                throw new OffloadException(OffloadError.Unsupported, $"Register {register.Name} belongs to the holder of the board. Instead: {instead}.");
            }
        }
    }

    /// <summary>Throws where reading gives nothing.</summary>
    public static void CheckReadable(RegisterInfo register)
    {
        ArgumentNullException.ThrowIfNull(register);
        if (register.Access == RegisterAccess.WriteOnly)
        {
            throw new OffloadException(OffloadError.InvalidArgument, $"Register {register.Name} is write-only: what is in it never leaves the core.");
        }
    }

    /// <summary>Throws where writing does nothing.</summary>
    public static void CheckWritable(RegisterInfo register)
    {
        ArgumentNullException.ThrowIfNull(register);
        if (register.Access is RegisterAccess.ReadOnly or RegisterAccess.Constant)
        {
            throw new OffloadException(OffloadError.InvalidArgument, $"Register {register.Name} cannot be written.");
        }
    }

    /// <summary>Whether a dump reads it: nothing with a side effect, nothing that cannot be read, no actions, no memories.</summary>
    public static bool IsDumped(RegisterInfo register) =>
        register.Access is RegisterAccess.ReadOnly or RegisterAccess.ReadWrite or RegisterAccess.Constant
        && !register.IsWindow
        && register.ReadEffect == RegisterReadEffect.None;

    /// <summary>Finds a register, or a field of one, by name.</summary>
    public static (RegisterInfo Register, RegisterField? Field) Resolve(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (RegisterMap.Find(name) is { } register)
        {
            return (register, null);
        }

        int dot = name.LastIndexOf('.');
        if (dot > 0 && RegisterMap.Find(name[..dot]) is { } parent)
        {
            foreach (RegisterField field in parent.Fields)
            {
                if (field.Name == name[(dot + 1)..])
                {
                    return (parent, field);
                }
            }

            string fields = parent.Fields.Count == 0 ? "it has none" : string.Join(", ", parent.Fields.Select(field => field.Name));
            throw new OffloadException(OffloadError.InvalidArgument, $"Register {parent.Name} has no field '{name[(dot + 1)..]}'; its fields: {fields}.");
        }

        string block = name.Split('.')[0] + ".";
        string[] near = [.. RegisterMap.All.Select(other => other.Name).Where(other => other.StartsWith(block, StringComparison.Ordinal))];
        throw new OffloadException(
            OffloadError.InvalidArgument,
            $"There is no register '{name}'; "
            + (near.Length == 0 ? "the blocks are " + string.Join(", ", RegisterMap.All.Select(other => other.Name.Split('.')[0]).Distinct()) : "near it: " + string.Join(", ", near)) + ".");
    }
}
