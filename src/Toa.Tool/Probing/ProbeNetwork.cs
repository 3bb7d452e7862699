using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.LoadBalancing;
using Toa.LoadBalancing.Interop;

namespace Toa.Tool.Probing;

/// <summary>
/// A network namespace with a balancer, and sockets of servers and clients on both sides of it. It has no connection to other
/// networks, and ends with its sockets.
/// </summary>
internal sealed class ProbeNetwork : IAsyncDisposable
{
    // Documentation networks (RFC 5737, RFC 3849).
    public static readonly AddressPrefix Servers = AddressPrefix.Parse("192.0.2.0/24"), ServersIPv6 = AddressPrefix.Parse("2001:db8:2::/64");
    public static readonly AddressPrefix Clients = AddressPrefix.Parse("203.0.113.0/24"), ClientsIPv6 = AddressPrefix.Parse("2001:db8:1::/64");
    public static readonly AddressPrefix Virtual = AddressPrefix.Parse("198.51.100.0/24"), VirtualIPv6 = AddressPrefix.Parse("2001:db8:100::/64");

    private static readonly IPAddress s_server = IPAddress.Parse("192.0.2.2"), s_serverIPv6 = IPAddress.Parse("2001:db8:2::2");
    private static readonly IPAddress[] s_clients = [IPAddress.Parse("203.0.113.7"), IPAddress.Parse("2001:db8:1::7")];
    private static readonly IPAddress[] s_virtual = [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("2001:db8:100::1")];

    private readonly TunDevice _device;
    private readonly LoadBalancerOptions _options;
    private LoadBalancer? _balancer;

    private ProbeNetwork(TunDevice device, LoadBalancerOptions options, IReadOnlyList<Path> paths)
    {
        _device = device;
        _options = options;
        Paths = paths;
    }

    /// <summary>One for each family of clients and each kind of server that the format and the plan allow.</summary>
    public IReadOnlyList<Path> Paths { get; }

    /// <summary>Lays the network on the calling thread, which must be in a namespace of its own.</summary>
    /// <exception cref="System.IO.IOException">The kernel refused; the message says what to do.</exception>
    public static ProbeNetwork Lay(ToaOptionFormat format, ProbePlan plan)
    {
        using (RouteNetlink netlink = new())
            netlink.BringUpLoopback([s_server, s_serverIPv6, .. s_clients]);
        LoadBalancerOptions options = new() { DeviceName = "toa-probe", Queues = 1 };
        foreach (AddressPrefix source in new[] { plan.IPv4Source, plan.IPv6Source }.OfType<AddressPrefix>().Where(source => IsSupported(source.Address)))
            options.SourceAddresses.Add(source);

        List<Path> paths = [];
        try
        {
            foreach (IPAddress client in s_clients.Where(client => IsSupported(client) && ProbePlan.IsFor(format, client.AddressFamily)))
            {
                foreach (string kind in ServersOf(plan))
                {
                    Path path = Path.Create(kind, client, port: (ushort)(1 + paths.Count));
                    paths.Add(path);
                    options.Listeners.Add(new ListenerOptions
                    {
                        VirtualAddress = path.VirtualAddress,
                        BackEnds = { new BackEndOptions { Address = path.Server } },
                        Format = format,
                    });
                }
            }

            options.Validate();
            return new ProbeNetwork(TunDevice.Open(LoadBalancer.DeviceFor(options)), options, paths);
        }
        catch
        {
            paths.ForEach(path => path.Dispose());
            throw;
        }
    }

    /// <summary>
    /// Starts the balancer. Call it outside of the namespace: threads that the pool makes for the balancer's threads stay in theirs.
    /// </summary>
    public void Start() => _balancer = LoadBalancer.StartOn(_device, _options, NullLogger.Instance, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (Path path in Paths)
            path.Dispose();
        if (_balancer is not null)
            await _balancer.DisposeAsync();
        _device.Dispose();
    }

    private static bool IsSupported(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6;

    private static IEnumerable<string> ServersOf(ProbePlan plan)
    {
        if (plan.IPv4Source is not null)
        {
            yield return "IPv4";
            if (Socket.OSSupportsIPv6)
                yield return "dual-mode";
        }

        if (plan.IPv6Source is not null && Socket.OSSupportsIPv6)
            yield return "IPv6";
    }

    /// <summary>A client's socket, and the server's socket that listens for it.</summary>
    internal sealed class Path(string kind, Socket client, Socket listener, IPEndPoint virtualAddress, IPEndPoint server) : IDisposable
    {
        public string ServerKind => kind;

        public Socket Client => client;

        public Socket Listener => listener;

        public IPEndPoint VirtualAddress => virtualAddress;

        /// <summary>The server's address, as the balancer uses it.</summary>
        public IPEndPoint Server => server;

        public static Path Create(string kind, IPAddress clientAddress, ushort port)
        {
            bool isIPv4 = clientAddress.AddressFamily == AddressFamily.InterNetwork;
            Socket client = new(clientAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            Socket listener = new(
                kind == "IPv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                client.Bind(new IPEndPoint(clientAddress, 0));
                if (kind == "dual-mode")
                    listener.DualMode = true;
                listener.Bind(new IPEndPoint(kind switch { "IPv4" => s_server, "IPv6" => s_serverIPv6, _ => IPAddress.IPv6Any }, 0));
                listener.Listen();
            }
            catch
            {
                client.Dispose();
                listener.Dispose();
                throw;
            }

            return new Path(
                kind, client, listener, new IPEndPoint(isIPv4 ? s_virtual[0] : s_virtual[1], port),
                new IPEndPoint(kind == "IPv6" ? s_serverIPv6 : s_server, ((IPEndPoint)listener.LocalEndPoint!).Port));
        }

        public void Dispose()
        {
            client.Dispose();
            listener.Dispose();
        }
    }
}
