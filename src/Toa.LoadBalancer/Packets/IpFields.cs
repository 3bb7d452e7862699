using System;

namespace Toa.LoadBalancing.Packets;

/// <summary>The fields of an IPv4 or IPv6 header.</summary>
internal readonly record struct IpFields
{
    public required UInt128 Source { get; init; }

    public required UInt128 Destination { get; init; }

    public required byte Protocol { get; init; }

    public byte HopLimit { get; init; } = 64;

    public byte TrafficClass { get; init; }

    /// <summary>IPv6 only.</summary>
    public uint FlowLabel { get; init; }

    /// <summary>IPv4 only.</summary>
    public ushort Identification { get; init; }

    /// <summary>IPv4 only.</summary>
    public bool MayBeFragmented { get; init; }

    public IpFields()
    {
    }
}
