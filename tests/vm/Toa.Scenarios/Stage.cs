using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Toa.Injector;
using Toa.LoadBalancing;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>
/// The test environment of scenarios: the server's addresses, a network of balancers behind a TUN device, and the provider.
/// </summary>
internal sealed class Stage : IDisposable
{
    private int _balancers;

    public Stage(IProvider provider, string programs)
    {
        Provider = provider;
        Programs = programs;
        Injector = TcpInjector.Open(new TunOptions
        {
            Addresses = [AddressPrefix.Parse($"{ServerIPv4}/16"), AddressPrefix.Parse($"{ServerIPv6}/64")],
        });
    }

    public static IPAddress ServerIPv4 { get; } = IPAddress.Parse("10.200.0.1");

    public static IPAddress ServerIPv6 { get; } = IPAddress.Parse("fd00:200::1");

    public IProvider Provider { get; }

    /// <summary>The folder of the programs and modules that scenarios start and load.</summary>
    public string Programs { get; }

    /// <summary>The published web server.</summary>
    public string WhoAmI => PathOf("WhoAmI");

    /// <summary>A file in this folder.</summary>
    public string PathOf(string file) => Path.Combine(Programs, file);

    /// <summary>Another kernel module for a test.</summary>
    public KernelModule Other(string name) => new(PathOf(name + ".ko"), name);

    public TcpInjector Injector { get; }

    /// <summary>A balancer's endpoint that no connection has used yet.</summary>
    public IPEndPoint NextBalancer(AddressFamily family = AddressFamily.InterNetwork)
    {
        int number = Interlocked.Increment(ref _balancers);
        int port = 1024 + number % 60_000;
        return family == AddressFamily.InterNetwork
            ? new IPEndPoint(new IPAddress([10, 200, (byte)(7 + number / 60_000), 9]), port)
            : new IPEndPoint(IPAddress.Parse($"fd00:200::7:{number / 60_000 + 1:x}"), port);
    }

    /// <summary>
    /// The address at which clients reach a listener: IPv4, also for a dual-mode one, unless IPv6 is requested.
    /// </summary>
    public static IPEndPoint ServerEnd(Listener listener, AddressFamily family = AddressFamily.InterNetwork) =>
        new(family == AddressFamily.InterNetwork ? ServerIPv4 : ServerIPv6, listener.Port);

    /// <summary>Connects from a new balancer endpoint, as real balancers do, and accepts the connection.</summary>
    public ConnectedPair Connect(Listener listener, OptionBytes? option = null) =>
        Connect(listener, new ConnectRequest
        {
            Client = NextBalancer(),
            Server = ServerEnd(listener),
            Option = option,
        });

    public ConnectedPair Connect(Listener listener, ConnectRequest request)
    {
        InjectedConnection client = Injector.Connect(request);
        return new ConnectedPair(client, listener.Accept());
    }

    public void Dispose() => Injector.Dispose();
}
