using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>A set of IPv4 and IPv6 networks. A lookup takes logarithmic time.</summary>
internal sealed class NetworkSet
{
    /// <summary>The number of bits before the IPv4 address in an IPv4-mapped IPv6 address.</summary>
    public const int IPv4PrefixLength = 96;

    // Ranges that do not overlap, in ascending order.
    private readonly Address128[] _first;
    private readonly Address128[] _last;

    public NetworkSet(IEnumerable<(IPAddress Address, int PrefixLength)> networks)
    {
        List<(Address128 First, Address128 Last)> ranges = [];
        foreach ((IPAddress address, int length) in networks)
            ranges.Add(RangeOf(address, length));
        ranges.Sort();

        List<Address128> first = [], last = [];
        foreach ((Address128 from, Address128 to) in ranges)
        {
            if (last.Count > 0 && from.CompareTo(last[last.Count - 1]) <= 0)
            {
                if (to.CompareTo(last[last.Count - 1]) > 0)
                    last[last.Count - 1] = to;
                continue;
            }

            first.Add(from);
            last.Add(to);
        }

        _first = [.. first];
        _last = [.. last];
    }

    public bool IsEmpty => _first.Length == 0;

    public bool Contains(Address128 address)
    {
        // Not Array.BinarySearch, which compares through an interface. The last range that starts at the address or before it:
        int low = 0, high = _first.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_first[middle].CompareTo(address) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && address.CompareTo(_last[low - 1]) <= 0;
    }

    private static (Address128 First, Address128 Last) RangeOf(IPAddress address, int length)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
            length += IPv4PrefixLength;
        Address128 any = Address128.From(address);
        return (any.First(length), any.Last(length));
    }
}
