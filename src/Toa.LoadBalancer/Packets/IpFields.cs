using System;

namespace Toa.LoadBalancing.Packets;

/// <summary>What stands in an IP header, whichever version it is of.</summary>
internal readonly record struct IpFields
{
    public required UInt128 Source { get; init; }

    public required UInt128 Destination { get; init; }

    public required byte Protocol { get; init; }

    public byte HopLimit { get; init; } = 64;

    public byte TrafficClass { get; init; }

    /// <summary>IPv4 only.</summary>
    public ushort Identification { get; init; }

    /// <summary>IPv4 only.</summary>
    public bool MayBeFragmented { get; init; }

    public IpFields()
    {
    }
}
