namespace Offload.Engine.Tests.Frames;

/// <summary>The control bits of RFC 9293 3.1, FIN in bit 0.</summary>
[Flags]
internal enum TcpFlags
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
    Urg = 32,
    Ece = 64,
    Cwr = 128,
}
