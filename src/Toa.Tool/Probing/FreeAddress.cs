using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.LoadBalancing;
using Toa.Tool.Machines;

namespace Toa.Tool.Probing;

/// <summary>
/// Finds an address that no balancer uses now: while it is routed to the test device, packets of its owner would go there.
/// </summary>
internal static class FreeAddress
{
    // Smaller networks have no address between the first and the last, which can be broadcast addresses.
    private const int LeastHostBits = 2;

    // More than enough to find one, and few enough to try all.
    private const int MostTries = 64;

    /// <param name="network">The network of which it is a part.</param>
    /// <param name="used">Addresses that are in use.</param>
    /// <returns>The address as a network; null if the network is too small or all its first addresses are in use.</returns>
    public static AddressPrefix? In(AddressPrefix network, IReadOnlySet<IPAddress> used)
    {
        byte[] bytes = network.Address.GetAddressBytes();
        int hostBits = (8 * bytes.Length) - network.Length;
        if (hostBits < LeastHostBits)
            return null;
        int tries = hostBits > 6 ? MostTries : (1 << hostBits) - 2;
        byte first = bytes[^1];
        for (int i = tries; i > 0; i--)
        {
            bytes[^1] = (byte)(first + i);
            IPAddress address = new(bytes);
            if (!used.Contains(address))
                return AddressPrefix.Host(address);
        }

        return null;
    }

    /// <summary>The addresses of this machine, of its neighbors and of its connections.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="own">Its own addresses.</param>
    /// <exception cref="CannotLookException">The connections cannot be listed.</exception>
    public static HashSet<IPAddress> Used(IMachine machine, IEnumerable<IPAddress> own) =>
    [
        .. own,
        .. TcpSocket.All(machine).Select(socket => Unmap(socket.Remote.Address)),
        // IP address, HW type, Flags, HW address, Mask, Device; the first line is the header.
        .. (machine.ReadText("proc/net/arp") ?? "").Split('\n').Skip(1)
            .Select(line => IPAddress.TryParse(line.Split(' ')[0], out IPAddress? address) ? address : null).OfType<IPAddress>(),
    ];

    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
