using System.Collections.Concurrent;
using System.Threading;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>
/// The networks of peers that were seen: /24 for IPv4, /64 for IPv6. Their number is limited, because unknown peers choose their
/// addresses themselves.
/// </summary>
internal sealed class SeenNetworks
{
    public const int Limit = 256;

    private const int IPv4PrefixLength = NetworkSet.IPv4PrefixLength + 24;
    private const int IPv6PrefixLength = 64;

    private readonly ConcurrentDictionary<Address128, bool> _seen = new();
    private int _count;

    /// <summary>Whether this is the first address from its network. Always false after the limit is reached.</summary>
    public bool IsFirst(Address128 address)
    {
        if (Volatile.Read(ref _count) >= Limit)
            return false;
        Address128 network = address.First(address.IsIPv4 ? IPv4PrefixLength : IPv6PrefixLength);
        return _seen.TryAdd(network, true) && Interlocked.Increment(ref _count) <= Limit;
    }
}
