using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>
/// Three network namespaces, each with the complete TCP of a kernel, instead of three machines: a client, the balancer and a
/// server, with the balancer between the other two.
/// </summary>
public sealed class Testbed : IDisposable
{
    public static readonly IPAddress ClientIPv4 = IPAddress.Parse("192.0.2.2");
    public static readonly IPAddress ClientIPv6 = IPAddress.Parse("2001:db8:1::2");
    public static readonly IPAddress Server = IPAddress.Parse("10.0.0.2");
    public static readonly IPAddress ServerIPv6 = IPAddress.Parse("fd00:10::2");

    private readonly NetworkNamespace? _client;
    private readonly NetworkNamespace? _balancer;
    private readonly NetworkNamespace? _server;

    public Testbed()
    {
        CheckPrivilege();
        NetworkNamespace.RemoveAbandoned();
        try
        {
            _client = new NetworkNamespace("client");
            _balancer = new NetworkNamespace("balancer");
            _server = new NetworkNamespace("server");
            Connect(_client, _balancer, _server);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal NetworkNamespace ClientSide => _client!;

    internal NetworkNamespace BalancerSide => _balancer!;

    internal NetworkNamespace ServerSide => _server!;

    public LoadBalancer StartBalancer(LoadBalancerOptions options, ILogger<LoadBalancer>? log = null) =>
        BalancerSide.Run(() => LoadBalancer.Start(options, log));

    /// <summary>Creates a listening socket in the server's namespace.</summary>
    public Socket Listen(int port = 0) => Listen(new IPEndPoint(Server, port));

    /// <summary>Creates a listening socket in the server's namespace.</summary>
    public Socket Listen(IPEndPoint address) => ServerSide.Run(() =>
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(address);
        socket.Listen(4096);
        return socket;
    });

    /// <summary>Creates a socket in the client's namespace, not connected.</summary>
    public Socket MakeClient(AddressFamily family) =>
        ClientSide.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public void Dispose()
    {
        _client?.Dispose();
        _balancer?.Dispose();
        _server?.Dispose();
    }

    private static void CheckPrivilege()
    {
        const string Tun = "/dev/net/tun";
        if (Environment.UserName != "root")
            throw new InvalidOperationException("These tests make network namespaces and a TUN device: run them as root.");
        if (!File.Exists(Tun))
            throw new InvalidOperationException($"These tests need {Tun}: load the tun module (modprobe tun).");
    }

    private static void Connect(NetworkNamespace client, NetworkNamespace balancer, NetworkNamespace server)
    {
        IPRoute.RunBatch(
            null,
            $"link add c0 netns {client.Name} type veth peer name c1 netns {balancer.Name}",
            $"link add s0 netns {server.Name} type veth peer name s1 netns {balancer.Name}");
        IPRoute.RunBatch(
            balancer,
            "link set lo up",
            "address add 192.0.2.1/24 dev c1",
            "address add 2001:db8:1::1/64 dev c1 nodad",
            "address add 10.0.0.1/24 dev s1",
            "address add fd00:10::1/64 dev s1 nodad",
            "link set c1 up",
            "link set s1 up");
        IPRoute.RunBatch(
            client,
            "link set lo up",
            $"address add {ClientIPv4}/24 dev c0",
            $"address add {ClientIPv6}/64 dev c0 nodad",
            "link set c0 up",
            "route add default via 192.0.2.1",
            "route add default via 2001:db8:1::1");
        IPRoute.RunBatch(
            server,
            "link set lo up",
            $"address add {Server}/24 dev s0",
            $"address add {ServerIPv6}/64 dev s0 nodad",
            "link set s0 up",
            "route add default via 10.0.0.1",
            "route add default via fd00:10::1");
        balancer.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        });
    }
}
