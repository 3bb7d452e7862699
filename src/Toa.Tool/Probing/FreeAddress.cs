using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
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

    /// <summary>The addresses of this machine, of its neighbors and of the other ends of its sockets.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="own">Its own addresses.</param>
    /// <param name="stop">Ends the search.</param>
    /// <exception cref="CannotLookException">The sockets or the neighbors cannot be listed.</exception>
    public static async Task<HashSet<IPAddress>> UsedAsync(IMachine machine, IEnumerable<IPAddress> own, CancellationToken stop)
    {
        // 10.0.0.9 dev eth0 lladdr 52:54:00:12:34:56 REACHABLE
        ProcessResult neighbors = await machine.RunAsync("ip", ["neighbor"], stop);
        if (neighbors.IsMissing)
            throw new CannotLookException($"ip is missing, so the neighbors of this machine are not known.", $"Install iproute2.");
        return
        [
            .. own,
            .. InternetSocket.OfTcp(machine).Concat(InternetSocket.OfUdp(machine)).Select(socket => socket.Remote.Address.Unmap()),
            .. neighbors.Output.Split('\n')
                .Select(line => IPAddress.TryParse(line.Split(' ')[0], out IPAddress? address) ? address : null).OfType<IPAddress>(),
        ];
    }
}
