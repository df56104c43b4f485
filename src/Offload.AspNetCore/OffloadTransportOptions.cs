using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Offload.Boards;
using Offload.Sockets;

namespace Offload.AspNetCore;

/// <summary>Which of Kestrel's end points go through a board, and how (docs/aspnetcore.md).</summary>
public sealed class OffloadTransportOptions
{
    private readonly List<OffloadEndPoint> _endPoints = [];

    /// <summary>Stable id of the board (<see cref="BoardDescription.Id"/>); null: the only one there is. Does not matter where the container has an
    /// <see cref="OffloadBoard"/>, or an <see cref="OffloadBoardSource"/> from <see cref="ServiceCollectionExtensions.AddOffload"/>: that is taken.</summary>
    public string? BoardId { get; set; }

    /// <summary>Bitstream file that is loaded where the board has none yet; null: none, and then a board without one is an error at start. Does not
    /// matter where the board comes from the container.</summary>
    public string? BitstreamPath { get; set; }

    /// <summary>How the end points listen that say nothing else.</summary>
    public OffloadListenerOptions Listener { get; set; } = new();

    /// <summary>The end points that go through the board.</summary>
    internal IReadOnlyList<OffloadEndPoint> EndPoints => _endPoints;

    /// <summary>Lets Kestrel listen on an end point of the host behind the board; the board does its handshakes.</summary>
    /// <param name="endPoint">A single address (no wildcard) and a port of 1 to 65535: <c>192.0.2.2:80</c>, <c>[2001:db8::2]:80</c>.</param>
    /// <param name="configure">HTTPS and protocols, as with Kestrel's own <c>Listen</c>; null: HTTP/1.1 without TLS.</param>
    /// <param name="listener">How it listens; null: as <see cref="Listener"/> says.</param>
    /// <exception cref="ArgumentException">The end point cannot be listened on, or was named before.</exception>
    public void Listen(string endPoint, Action<ListenOptions>? configure = null, OffloadListenerOptions? listener = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (!IPEndPoint.TryParse(endPoint, out IPEndPoint? parsed))
        {
            throw new ArgumentException($"'{endPoint}' is no end point. Give ADDRESS:PORT or [ADDRESS]:PORT, with an address of the host behind the board.", nameof(endPoint));
        }

        Listen(parsed, configure, listener);
    }

    /// <summary>Lets Kestrel listen on an end point of the host behind the board; the board does its handshakes.</summary>
    /// <param name="endPoint">A single address (no wildcard) and a port of 1 to 65535.</param>
    /// <param name="configure">HTTPS and protocols, as with Kestrel's own <c>Listen</c>; null: HTTP/1.1 without TLS.</param>
    /// <param name="listener">How it listens; null: as <see cref="Listener"/> says.</param>
    /// <exception cref="ArgumentException">The end point cannot be listened on, or was named before.</exception>
    public void Listen(IPEndPoint endPoint, Action<ListenOptions>? configure = null, OffloadListenerOptions? listener = null)
    {
        AddEndPoint(endPoint, listener, configure ?? (static _ => { }));
    }

    /// <summary>Sends an end point through the board that Kestrel has from elsewhere: from its URLs, its configuration, or its own <c>Listen</c>. An
    /// application whose Kestrel does not have it does not start.</summary>
    /// <param name="endPoint">A single address (no wildcard) and a port of 1 to 65535, as Kestrel has them.</param>
    /// <param name="listener">How it listens; null: as <see cref="Listener"/> says.</param>
    /// <exception cref="ArgumentException">The end point cannot be listened on, or was named before.</exception>
    public void Claim(IPEndPoint endPoint, OffloadListenerOptions? listener = null) => AddEndPoint(endPoint, listener, null);

    private void AddEndPoint(IPEndPoint endPoint, OffloadListenerOptions? listener, Action<ListenOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint.Port == 0)
        {
            throw new ArgumentException($"{endPoint} has no port. A board listens on a port of 1 to 65535.", nameof(endPoint));
        }

        if (endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any))
        {
            throw new ArgumentException($"{endPoint} is every address. A board listens on a single one; name each by itself.", nameof(endPoint));
        }

        if (_endPoints.Exists(known => known.Address.Equals(endPoint)))
        {
            throw new ArgumentException($"{endPoint} is named twice. Name it once.", nameof(endPoint));
        }

        _endPoints.Add(new OffloadEndPoint(endPoint, listener, configure));
    }
}

/// <summary>An end point that goes through the board.</summary>
/// <param name="Address">Where.</param>
/// <param name="Listener">How it listens; null: as all do.</param>
/// <param name="Configure">What Kestrel is told of it; null: Kestrel has it from elsewhere.</param>
internal sealed record OffloadEndPoint(IPEndPoint Address, OffloadListenerOptions? Listener, Action<ListenOptions>? Configure);
