using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing;
using Toa.LoadBalancing.Tests.Network;

namespace Toa.BalancerLoad;

/// <summary>A balancer with a server that compares each connection's TOA option with the port that the client sent.</summary>
internal sealed class Place : IAsyncDisposable
{
    private readonly ToaResolver _resolver = new(new ToaOptions { ReadSavedSyn = true });
    private readonly Testbed _testbed;
    private readonly Socket _listener;
    private int _lost;
    private int _wrong;

    public Place(Testbed testbed, int queues)
    {
        _testbed = testbed;
        _listener = testbed.Listen();
        // The kernel keeps the SYN for the server, so the SYN must carry the TOA option.
        _listener.SaveSyn();
        LoadBalancerOptions options = new() { SourceAddresses = { AddressPrefix.Parse("10.64.0.0/28") }, Queues = queues };
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            options.Listeners.Add(new ListenerOptions
            {
                VirtualAddress = VirtualAddress(family),
                BackEnds = { new BackEndOptions { Address = Server } },
                Placement = OptionPlacement.SynAndUntilAcknowledged,
            });
        }

        Balancer = testbed.StartBalancer(options);
    }

    public LoadBalancer Balancer { get; }

    public IPEndPoint Server => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Connections without a TOA option.</summary>
    public int Lost => _lost;

    /// <summary>Connections whose TOA option contains another client.</summary>
    public int Wrong => _wrong;

    public static IPEndPoint VirtualAddress(AddressFamily family) =>
        IPEndPoint.Parse(family == AddressFamily.InterNetwork ? "198.51.100.1:80" : "[2001:db8:100::1]:80");

    public void Forget() => _lost = _wrong = 0;

    /// <summary>Runs code in the client's namespace.</summary>
    public void AtClient(Action action) => _testbed.ClientSide.Run(action);

    /// <summary>Starts this program again, in the client's namespace.</summary>
    public Process StartAtClient(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "ip", ["netns", "exec", _testbed.ClientSide.Name, Environment.ProcessPath!, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    public Socket Accept() => _listener.Accept();

    /// <summary>Connects, and sends the client's port.</summary>
    public static Socket Connect(AddressFamily family)
    {
        Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(VirtualAddress(family));
        Span<byte> port = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)((IPEndPoint)socket.LocalEndPoint!).Port);
        socket.Send(port);
        return socket;
    }

    /// <summary>Reads the port that the client sent, and compares it with the TOA option.</summary>
    public void Check(Socket server)
    {
        Span<byte> port = stackalloc byte[2];
        if (server.Receive(port) != port.Length)
            throw new InvalidOperationException("a client has not said who it is");
        ToaResolution found = _resolver.Resolve(server);
        IPEndPoint client = found.Client.ToIPEndPoint();
        if (found.FallbackReason != ToaFallbackReason.None)
            Interlocked.Increment(ref _lost);
        else if (client.Port != BinaryPrimitives.ReadUInt16BigEndian(port)
            || !(client.Address.Equals(Testbed.ClientIPv4) || client.Address.Equals(Testbed.ClientIPv6)))
            Interlocked.Increment(ref _wrong);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Balancer.DisposeAsync();
    }
}
