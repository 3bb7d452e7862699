namespace Toa.Tool.Probing;

/// <summary>A connection of the probe, and what the kernel answered at the server.</summary>
/// <param name="Format">The format of the option.</param>
/// <param name="Client">The client.</param>
/// <param name="Server">The server's socket: <c>IPv4</c>, <c>dual-mode</c> (IPv4 on an IPv6 socket) or <c>IPv6</c>; or the listener of another program.</param>
/// <param name="Balancer">The peer of the connection; null if the provider does not report it.</param>
/// <param name="Accept">The address from <c>accept</c>; null if another program accepted the connection.</param>
/// <param name="PeerName">The address from <c>getpeername</c>.</param>
/// <param name="Lookup">The address from <c>getsockopt</c> 4096; null if it did not answer.</param>
/// <param name="InfoKind">The kind of the option from <c>getsockopt</c> 4097; null if it did not answer or there is no option.</param>
/// <param name="Seen">The client that the library finds.</param>
/// <param name="IsReal">Whether that is the client.</param>
internal sealed record ProbeResult(
    string Format, string Client, string Server, string? Balancer, string? Accept, string PeerName, string? Lookup, int? InfoKind,
    string Seen, bool IsReal);
