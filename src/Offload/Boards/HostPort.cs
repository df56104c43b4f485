namespace Offload.Boards;

/// <summary>The host kernel's network interface behind a board's host port.</summary>
/// <param name="InterfaceName">Name of the interface, for example <c>offload0</c>.</param>
/// <param name="NetworkNamespacePath">File of the network namespace that it lies in, for example <c>/run/netns/host</c>; null: this process's own.</param>
/// <param name="MacAddress">MAC address of the interface.</param>
public sealed record HostPort(string InterfaceName, string? NetworkNamespacePath, MacAddress MacAddress);
