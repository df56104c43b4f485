using System.Net;
using Offload.Registers;

namespace Offload.Listeners;

/// <summary>A listening end point that a slot of the core serves.</summary>
/// <param name="Slot">Slot of the core, 0 to <see cref="Boards.BoardIdentity.Listeners"/> - 1; the number in <see cref="Connections.ConnectionRow.Listener"/>.</param>
/// <param name="EndPoint">Address and port.</param>
/// <param name="Action">What a SYN meets.</param>
/// <param name="Mode">Who owns an accepted connection.</param>
/// <param name="Mss">MSS option of the SYN,ACK in bytes.</param>
/// <param name="Window">Window field of every segment sent, not scaled.</param>
/// <param name="WindowScale">Our shift count, 0 to 14.</param>
/// <param name="WindowScaling">Whether window scaling is agreed.</param>
/// <param name="Timestamps">Whether timestamps are agreed.</param>
/// <param name="Sack">Whether SACK-permitted is answered.</param>
/// <param name="Vlan">VLAN identifier; null: untagged.</param>
/// <param name="ResetUnknown">Whether unknown segments other than SYNs are reset.</param>
/// <param name="ResetData">Whether data resets a kept connection.</param>
/// <param name="Mac">Our MAC address.</param>
/// <param name="Backlog">How many connections may wait for their adoption at once.</param>
/// <param name="HostLost">What a SYN meets while the host's heartbeat is missing.</param>
public sealed record Listener(
    int Slot, IPEndPoint EndPoint, ListenerAction Action, ListenerMode Mode, int Mss, int Window, int WindowScale, bool WindowScaling,
    bool Timestamps, bool Sack, int? Vlan, bool ResetUnknown, bool ResetData, MacAddress Mac, int Backlog,
    HostLost HostLost);
