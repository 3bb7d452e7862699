using System.Net;

namespace Toa.Diagnostics;

/// <summary>A line of /proc/net/toa_table: a connection with a stored client address.</summary>
public sealed class ToaTableEntry
{
    internal ToaTableEntry(string line, IPEndPoint client)
    {
        Line = line;
        Client = client;
    }

    /// <summary>The real client.</summary>
    public IPEndPoint Client { get; }

    /// <summary>The balancer, or <see langword="null"/> if the provider does not show it.</summary>
    public IPEndPoint? TransportPeer { get; internal init; }

    /// <summary>The local address and port, or <see langword="null"/> if the provider does not show them.</summary>
    public IPEndPoint? Local { get; internal init; }

    /// <summary>The kind of the TOA option (200, 253, …), or <see langword="null"/> if the provider does not show it.</summary>
    public int? Kind { get; internal init; }

    /// <summary>
    /// The format of the TOA option (<c>ipv4</c>, <c>alibaba-vpc</c>, …), or <see langword="null"/> if the provider does not show
    /// it.
    /// </summary>
    public string? Format { get; internal init; }

    /// <summary>
    /// The address and port to which the client connected, at the balancer; the port is 0 if the TOA option does not have it.
    /// <see langword="null"/> if the address is not known.
    /// </summary>
    public IPEndPoint? VirtualEndPoint { get; internal init; }

    /// <summary>The id of the client's virtual network (VPC), or <see langword="null"/> if it is not known.</summary>
    public uint? NetworkId { get; internal init; }

    /// <summary>The line as it is in the file, with everything that a vendor adds.</summary>
    public string Line { get; }

    /// <inheritdoc/>
    public override string ToString() => Line;
}
