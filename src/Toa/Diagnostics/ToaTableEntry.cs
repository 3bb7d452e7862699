using System.Net;

namespace Toa.Diagnostics;

/// <summary>A line of /proc/net/toa_table: a connection with a stored client address.</summary>
public sealed class ToaTableEntry
{
    internal ToaTableEntry(string line, IPEndPoint client, IPEndPoint? transportPeer, IPEndPoint? local, int? kind)
    {
        Line = line;
        Client = client;
        TransportPeer = transportPeer;
        Local = local;
        Kind = kind;
    }

    /// <summary>The real client.</summary>
    public IPEndPoint Client { get; }

    /// <summary>The balancer, or <see langword="null"/> if the provider does not show it.</summary>
    public IPEndPoint? TransportPeer { get; }

    /// <summary>The local address and port, or <see langword="null"/> if the provider does not show them.</summary>
    public IPEndPoint? Local { get; }

    /// <summary>The kind of the TOA option (200, 253, …), or <see langword="null"/> if the provider does not show it.</summary>
    public int? Kind { get; }

    /// <summary>The line as it is in the file, with everything that a vendor adds.</summary>
    public string Line { get; }

    /// <inheritdoc/>
    public override string ToString() => Line;
}
