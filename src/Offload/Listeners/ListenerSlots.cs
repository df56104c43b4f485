using System.Net;
using Microsoft.Extensions.Logging;
using Offload.Boards;
using Offload.Connections;
using Offload.Registers;

namespace Offload.Listeners;

/// <summary>
/// The holder's slots: which has which listener, with the sockets that hold their ports, and which say how connections are opened (profiles: slots that
/// are not enabled). The caller makes sure that one call runs at a time.
/// </summary>
internal sealed class ListenerSlots(CoreAccess core, HostPort? hostPort, ILogger logger) : IDisposable
{
    private readonly SortedDictionary<int, (Listener Listener, HeldEndPoint? Hold)> _held = [];
    private readonly SortedDictionary<int, (Listener Profile, int Uses)> _profiles = [];
    private readonly HashSet<int> _retired = [];
    private BoardIdentity? _identity;

    /// <summary>The listeners, in the order of their slots.</summary>
    public IReadOnlyList<Listener> List() => [.. _held.Values.Select(held => held.Listener)];

    /// <summary>Takes a core over: what an earlier session left is disabled, what this session has goes into its slots.</summary>
    public async ValueTask BeginAsync(BoardIdentity identity, CancellationToken cancellationToken)
    {
        _identity = identity;
        _retired.Clear();
        _profiles.Clear();
        uint entries = await core.ReadAsync(RegisterMap.Control.EntriesInUse.Address, cancellationToken).ConfigureAwait(false);
        uint[] words = new uint[ListenerLayout.Words];
        for (int slot = 0; slot < identity.Listeners; slot++)
        {
            if (entries > 0)
            {
                _retired.Add(slot);
            }

            await core.ReadListenerAsync(slot, words, cancellationToken).ConfigureAwait(false);
            if (new ListenerLayout(words).Enabled && !_held.ContainsKey(slot))
            {
                Disable(words);
                await core.CommitListenerAsync(slot, words, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach ((int slot, (Listener listener, HeldEndPoint? hold)) in _held.ToArray())
        {
            if (slot >= identity.Listeners)
            {
                _held.Remove(slot);
                hold?.Dispose();
                BoardLog.ListenerRemoved(logger, slot, listener.EndPoint);
                continue;
            }

            Write(listener, words);
            await CommitAsync(slot, words, cancellationToken).ConfigureAwait(false);
            _retired.Remove(slot);
        }
    }

    /// <summary>Binds an end point and gives it a slot.</summary>
    public async ValueTask<Listener> AddAsync(ListenerOptions options, CancellationToken cancellationToken)
    {
        ListenerRules.Check(options);
        IPEndPoint endPoint = ListenerRules.Plain(options.EndPoint);
        if (_held.Values.FirstOrDefault(held => Same(held.Listener, endPoint, options.Vlan)).Listener is { } other)
        {
            throw new OffloadException(
                OffloadError.AddressInUse, $"{endPoint} is in use by the listener in slot {other.Slot}. Remove that first.",
                new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.AddressAlreadyInUse));
        }

        HeldEndPoint? hold = hostPort is null ? null : await HeldEndPoint.BindAsync(endPoint, hostPort).ConfigureAwait(false);
        try
        {
            MacAddress mac = options.Mac ?? Choose(hold);
            int slot = await FindSlotAsync(cancellationToken).ConfigureAwait(false);
            Listener listener = ListenerRules.Resolve(options, slot, mac);
            uint[] words = new uint[ListenerLayout.Words];
            Write(listener, words);

            // From here on to the end: a listener that the core has and nobody knows of would be worse than a late cancellation.
            await CommitAsync(slot, words, CancellationToken.None).ConfigureAwait(false);
            _retired.Remove(slot);
            _held.Add(slot, (listener, hold));
            BoardLog.ListenerAdded(logger, slot, listener.EndPoint);
            return listener;
        }
        catch
        {
            hold?.Dispose();
            throw;
        }
    }

    /// <summary>Disables a slot, and gives its port back.</summary>
    public async ValueTask<bool> RemoveAsync(int slot)
    {
        if (!_held.TryGetValue(slot, out (Listener Listener, HeldEndPoint? Hold) held))
        {
            return false;
        }

        uint[] words = new uint[ListenerLayout.Words];
        Write(held.Listener, words);
        Disable(words);
        await CommitAsync(slot, words, CancellationToken.None).ConfigureAwait(false);
        _held.Remove(slot);
        _retired.Add(slot);
        held.Hold?.Dispose();
        BoardLog.ListenerRemoved(logger, slot, held.Listener.EndPoint);
        return true;
    }

    /// <summary>A slot that says how connections are opened, for one more of them.</summary>
    /// <param name="profile">How; its slot, end point and action do not matter.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<int> RentProfileAsync(Listener profile, CancellationToken cancellationToken)
    {
        foreach ((int slot, (Listener same, int uses)) in _profiles)
        {
            if (same == profile)
            {
                _profiles[slot] = (same, uses + 1);
                return slot;
            }
        }

        int free = await FindSlotAsync(cancellationToken).ConfigureAwait(false);
        uint[] words = new uint[ListenerLayout.Words];
        Write(profile, words);
        Disable(words);
        await CommitAsync(free, words, CancellationToken.None).ConfigureAwait(false);
        _retired.Remove(free);
        _profiles.Add(free, (profile, 1));
        return free;
    }

    /// <summary>A connection that was opened with a profile has ended, or never began.</summary>
    /// <param name="slot">The profile's slot.</param>
    /// <param name="isGone">Whether it is sure that the table has no entry of it.</param>
    public void ReturnProfile(int slot, bool isGone)
    {
        if (!_profiles.TryGetValue(slot, out (Listener Profile, int Uses) rented))
        {
            return;
        }

        if (!isGone)
        {
            // An entry that nobody follows goes by the slot: it is looked for in the table before the slot is used again.
            _retired.Add(slot);
        }

        if (rented.Uses > 1)
        {
            _profiles[slot] = (rented.Profile, rented.Uses - 1);
        }
        else
        {
            _profiles.Remove(slot);
        }
    }

    /// <summary>Gives every port back. The slots are not touched.</summary>
    public void Dispose()
    {
        foreach ((Listener _, HeldEndPoint? hold) in _held.Values)
        {
            hold?.Dispose();
        }

        _held.Clear();
    }

    private static bool Same(Listener listener, IPEndPoint endPoint, int? vlan) =>
        listener.EndPoint.Port == endPoint.Port && listener.Vlan == vlan
        && NetworkAddress.FromIPAddress(listener.EndPoint.Address) == NetworkAddress.FromIPAddress(endPoint.Address);

    private static void Write(Listener listener, Span<uint> words)
    {
        words.Clear();
        ListenerLayoutWriter writer = new(words);
        writer.Enabled = true;
        writer.Action = listener.Action;
        writer.Mode = listener.Mode;
        writer.ResetUnknown = listener.ResetUnknown;
        writer.ResetData = listener.ResetData;
        writer.Timestamps = listener.Timestamps;
        writer.Sack = listener.Sack;
        writer.WindowScaling = listener.WindowScaling;
        writer.WindowScale = (uint)listener.WindowScale;
        writer.Tagged = listener.Vlan.HasValue;
        writer.Vlan = (uint)(listener.Vlan ?? 0);
        writer.Window = (uint)listener.Window;
        writer.Mss = (uint)listener.Mss;
        writer.Backlog = (uint)listener.Backlog;
        writer.HostLost = listener.HostLost;
        writer.Port = (uint)listener.EndPoint.Port;
        writer.Address = NetworkAddress.FromIPAddress(listener.EndPoint.Address).Value;
        writer.Mac = listener.Mac.Value;
    }

    private static void Disable(Span<uint> words)
    {
        ListenerLayoutWriter writer = new(words);
        writer.Enabled = false;
    }

    private MacAddress Choose(HeldEndPoint? hold)
    {
        MacAddress mac = hold is { InterfaceMac.IsEmpty: false } ? hold.InterfaceMac : hostPort?.MacAddress ?? default;
        return !mac.IsEmpty
            ? mac
            : throw new OffloadException(OffloadError.InvalidArgument, "No interface of the host has a MAC address for this listener; give one (Mac).");
    }

    private async ValueTask CommitAsync(int slot, uint[] words, CancellationToken cancellationToken)
    {
        if (!await core.CommitListenerAsync(slot, words, cancellationToken).ConfigureAwait(false))
        {
            throw new OffloadException(OffloadError.Unsupported, $"The core refuses this listener: slot {slot} does not show what was committed.");
        }
    }

    /// <summary>A slot that no entry of the table uses: the entries go by it.</summary>
    private async ValueTask<int> FindSlotAsync(CancellationToken cancellationToken)
    {
        int count = _identity!.Listeners;
        if (Free(count) is { } fresh)
        {
            return fresh;
        }

        if (_retired.Count > 0)
        {
            TableWords table = new(EntryLayout.Words);
            await core.ReadTableAsync(table, _identity.Connections, cancellationToken).ConfigureAwait(false);
            HashSet<int> used = [];
            for (int i = 0; i < table.Count; i++)
            {
                used.Add((int)new EntryLayout(table.EntryOf(i)).Listener);
            }

            _retired.IntersectWith(used);
            if (Free(count) is { } unused)
            {
                return unused;
            }
        }

        throw new OffloadException(
            OffloadError.ListenersExhausted,
            $"All {count} listener slots are in use: {_held.Count} by listeners, {_profiles.Count} by connections that were opened, each with options of "
            + $"their own, {_retired.Count} by connections of listeners that were removed. "
            + "Remove a listener, open with the same options, or wait for or flush those connections.");
    }

    private int? Free(int count)
    {
        for (int slot = 0; slot < count; slot++)
        {
            if (!_held.ContainsKey(slot) && !_profiles.ContainsKey(slot) && !_retired.Contains(slot))
            {
                return slot;
            }
        }

        return null;
    }
}
