using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing;
using Toa.Tool.Machines;

namespace Toa.Tool.Balancing.Demo;

/// <summary>
/// Three network namespaces instead of three machines: client, balancer and server, with the balancer between the other two.
/// Everything that the demo sets up is in them, and is removed with them.
/// </summary>
internal sealed class DemoNetwork(IMachine machine)
{
    public const string Client = "toa-demo-client", Balancer = "toa-demo-balancer", Server = "toa-demo-server";

    /// <summary>The port of the demo's own server, and the ports for the user's servers.</summary>
    public const int Port = 7000, OwnPort = 8080, OwnIPv6Port = 8081;

    private static readonly string[] Namespaces = [Client, Balancer, Server];

    private static readonly IPAddress ServerAddress = IPAddress.Parse("10.0.0.2"), ServerIPv6 = IPAddress.Parse("fd00:10::2");

    // Clients and virtual addresses are documentation addresses (RFC 5737, RFC 3849), which no other host uses.
    private static readonly IReadOnlyList<string> Commands =
    [
        $"ip link add c0 netns {Client} type veth peer name c1 netns {Balancer}",
        $"ip link add s0 netns {Server} type veth peer name s1 netns {Balancer}",
        $"ip -n {Balancer} link set lo up",
        $"ip -n {Balancer} address add 192.0.2.1/24 dev c1",
        $"ip -n {Balancer} address add 2001:db8:1::1/64 dev c1 nodad",
        $"ip -n {Balancer} address add 10.0.0.1/24 dev s1",
        $"ip -n {Balancer} address add fd00:10::1/64 dev s1 nodad",
        $"ip -n {Balancer} link set c1 up",
        $"ip -n {Balancer} link set s1 up",
        $"ip -n {Client} link set lo up",
        $"ip -n {Client} address add 192.0.2.2/24 dev c0",
        $"ip -n {Client} address add 2001:db8:1::2/64 dev c0 nodad",
        $"ip -n {Client} link set c0 up",
        $"ip -n {Client} route add default via 192.0.2.1",
        $"ip -n {Client} route add default via 2001:db8:1::1",
        $"ip -n {Server} link set lo up",
        $"ip -n {Server} address add {ServerAddress}/24 dev s0",
        $"ip -n {Server} address add {ServerIPv6}/64 dev s0 nodad",
        $"ip -n {Server} link set s0 up",
        $"ip -n {Server} route add default via 10.0.0.1",
        $"ip -n {Server} route add default via fd00:10::1",
    ];

    private const string Forward =
        "echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding";

    /// <summary>The virtual addresses of the demo's server, one for each family.</summary>
    public static IReadOnlyList<IPEndPoint> VirtualAddresses { get; } =
        [IPEndPoint.Parse("[2001:db8:100::1]:80"), IPEndPoint.Parse("198.51.100.1:80")];

    /// <summary>
    /// The balancer's settings: for each family of clients a listener for the demo's server, one for the user's server, and one for
    /// the user's IPv6 server.
    /// </summary>
    public static LoadBalancerOptions Options()
    {
        LoadBalancerOptions options = new()
        {
            SourceAddresses = { AddressPrefix.Parse("10.64.0.0/28"), AddressPrefix.Parse("fd00:64::/124") },
        };
        foreach (IPEndPoint address in VirtualAddresses)
        {
            options.Listeners.Add(Listener(address, new IPEndPoint(ServerAddress, Port)));
            options.Listeners.Add(OwnListener(address, new IPEndPoint(ServerAddress, OwnPort)));
            options.Listeners.Add(OwnListener(address, new IPEndPoint(ServerIPv6, OwnIPv6Port)));
        }

        return options;
    }

    /// <exception cref="ToolException">The network cannot be set up; the message says why.</exception>
    public async Task LayAsync(CancellationToken stop)
    {
        foreach (string name in Namespaces)
            await RunAsync(["ip", "netns", "add", name], stop);
        foreach (string command in Commands)
            await RunAsync(command.Split(' '), stop);
        await RunAsync(["ip", "netns", "exec", Balancer, "sh", "-c", Forward], stop);
    }

    /// <summary>Removes the namespaces of this demo, or of one that was killed.</summary>
    public async Task ClearAsync()
    {
        // Look at the files, not at `ip netns list`: a file may be left on which no namespace was mounted.
        foreach (string name in Namespaces.Where(name => machine.Exists("run/netns/" + name)))
            await RunAsync(["ip", "netns", "delete", name], CancellationToken.None);
    }

    private static ListenerOptions OwnListener(IPEndPoint address, IPEndPoint server) =>
        Listener(new IPEndPoint(address.Address, server.Port), server);

    private static ListenerOptions Listener(IPEndPoint address, IPEndPoint server) => new()
    {
        VirtualAddress = address,
        BackEnds = { new BackEndOptions { Address = server } },
    };

    private async Task RunAsync(string[] words, CancellationToken stop)
    {
        ProcessResult result = await machine.RunAsync(words[0], words[1..], stop);
        if (result.IsMissing)
            throw new ToolException($"the demo requires ip, which is missing: {Packages.Of("iproute2")}.");
        if (!result.IsFine)
        {
            throw new ToolException(
                $"'{string.Join(' ', words)}' failed: {result.Complaint.TrimEnd('.')}. The demo requires root, and "
                + $"network namespaces, veth and IPv6 in the kernel. In a container, use --privileged.");
        }
    }
}
