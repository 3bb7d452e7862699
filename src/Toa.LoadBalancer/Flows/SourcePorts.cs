using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// All pairs of source address and port of one family for one shard, numbered. If there are several addresses, consecutive pairs
/// have different addresses.
/// </summary>
internal sealed class SourcePorts
{
    public const int MaxAddresses = 4096;

    private readonly UInt128[] _addresses;
    private readonly Sharding _sharding;
    private readonly int _firstPort;

    public SourcePorts(
        IEnumerable<AddressPrefix> prefixes, AddressFamily family, int firstPort, int lastPort, Sharding sharding, int shard)
    {
        _addresses = [.. prefixes.Where(prefix => prefix.Address.AddressFamily == family).SelectMany(Expand).Distinct()];
        _sharding = sharding;
        _firstPort = sharding.FirstSourcePort(shard, firstPort);
        Count = _addresses.Length * sharding.CountSourcePorts(_firstPort, lastPort);
    }

    public int Count { get; }

    public IReadOnlyList<UInt128> DistinctAddresses => _addresses;

    public TransportAddress At(int index)
    {
        (int port, int address) = Math.DivRem(index, _addresses.Length);
        return new TransportAddress(_addresses[address], (ushort)(_firstPort + (port * _sharding.Shards)));
    }

    /// <summary>The number of addresses, or any larger number than the maximum if there are too many.</summary>
    public static long CountAddresses(AddressPrefix prefix)
    {
        (UInt128 first, UInt128 last) = Range(prefix);
        return (long)UInt128.Min(last - first, MaxAddresses) + 1;
    }

    private static IEnumerable<UInt128> Expand(AddressPrefix prefix)
    {
        (UInt128 first, UInt128 last) = Range(prefix);
        for (UInt128 address = first; address <= last; address++)
            yield return address;
    }

    // A network's own address is not a host address, and neither is the broadcast address of IPv4. The smallest two kinds of
    // network have neither.
    private static (UInt128 First, UInt128 Last) Range(AddressPrefix prefix)
    {
        bool isIPv4 = prefix.Address.AddressFamily == AddressFamily.InterNetwork;
        int hostBits = (isIPv4 ? 32 : 128) - prefix.Length;
        UInt128 first = Addresses.LowestOf(prefix);
        UInt128 last = first + (hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1);
        if (hostBits <= 1)
            return (first, last);
        return (first + 1, isIPv4 ? last - 1 : last);
    }
}
