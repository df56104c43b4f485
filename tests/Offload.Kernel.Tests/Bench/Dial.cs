using Offload.Connections;

namespace Offload.Kernel.Tests.Bench;

/// <summary>How a client connected.</summary>
/// <param name="Key">Its connection.</param>
/// <param name="Connected">How long connect() took.</param>
/// <param name="Retransmissions">Segments that its kernel sent again (tcpi_total_retrans): SYNs, for nothing else was sent.</param>
internal sealed record Dial(ConnectionKey Key, TimeSpan Connected, int Retransmissions);

/// <summary>Undoes something when it is disposed.</summary>
internal sealed class Remover(Action remove) : IDisposable
{
    public void Dispose() => remove();
}
