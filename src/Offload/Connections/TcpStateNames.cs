using Offload.Registers;

namespace Offload.Connections;

/// <summary>The names of RFC 9293.</summary>
public static class TcpStateNames
{
    /// <summary>The state's name as RFC 9293 3.3.2 writes it, such as <c>SYN-RECEIVED</c>; the number where it is none of the eleven.</summary>
    /// <param name="state">The state.</param>
    public static string ToRfcName(this TcpState state) => state switch
    {
        TcpState.Closed => "CLOSED",
        TcpState.Listen => "LISTEN",
        TcpState.SynSent => "SYN-SENT",
        TcpState.SynReceived => "SYN-RECEIVED",
        TcpState.Established => "ESTABLISHED",
        TcpState.FinWait1 => "FIN-WAIT-1",
        TcpState.FinWait2 => "FIN-WAIT-2",
        TcpState.CloseWait => "CLOSE-WAIT",
        TcpState.Closing => "CLOSING",
        TcpState.LastAck => "LAST-ACK",
        TcpState.TimeWait => "TIME-WAIT",
        _ => ((int)state).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
