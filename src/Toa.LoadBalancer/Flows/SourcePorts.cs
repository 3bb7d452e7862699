using System;
using System.Collections.Generic;
using System.Linq;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// All pairs of source address and port, numbered. If there are several addresses, consecutive pairs have different addresses.
/// </summary>
internal sealed class SourcePorts
{
    public const int MaxAddresses = 4096;

    private readonly uint[] _addresses;
    private readonly int _firstPort;

    public SourcePorts(IEnumerable<AddressPrefix> prefixes, int firstPort, int lastPort)
    {
        _addresses = [.. Expand(prefixes)];
        _firstPort = firstPort;
        Count = _addresses.Length * (lastPort - firstPort + 1);
    }

    public int Count { get; }

    public IEnumerable<UInt128> DistinctAddresses => _addresses.Select(Addresses.FromIPv4);

    public TransportAddress At(int index)
    {
        (int port, int address) = Math.DivRem(index, _addresses.Length);
        return new TransportAddress(Addresses.FromIPv4(_addresses[address]), (ushort)(_firstPort + port));
    }

    public static long CountAddresses(AddressPrefix prefix)
    {
        (uint first, uint last) = Range(prefix);
        return (long)last - first + 1;
    }

    private static IEnumerable<uint> Expand(IEnumerable<AddressPrefix> prefixes)
    {
        HashSet<uint> seen = [];
        foreach (AddressPrefix prefix in prefixes)
        {
            (uint first, uint last) = Range(prefix);
            for (uint address = first; address <= last; address++)
            {
                if (seen.Add(address))
                    yield return address;
            }
        }
    }

    // A network's own address and its broadcast address are not host addresses. /31 and /32 have neither.
    private static (uint First, uint Last) Range(AddressPrefix prefix)
    {
        uint first = (uint)Addresses.LowestOf(prefix);
        uint last = first + (uint)((1ul << (32 - prefix.Length)) - 1);
        return prefix.Length >= 31 ? (first, last) : (first + 1, last - 1);
    }
}
