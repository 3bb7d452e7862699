using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>A server behind a running balancer, for clients of both families.</summary>
internal sealed class Balanced : IAsyncDisposable
{
    public static readonly IPEndPoint VirtualIPv4 = IPEndPoint.Parse("198.51.100.1:80");
    public static readonly IPEndPoint VirtualIPv6 = IPEndPoint.Parse("[2001:db8:100::1]:80");

    private readonly Testbed _testbed;

    public Balanced(
        Testbed testbed,
        Action<ListenerOptions>? configure = null,
        Action<LoadBalancerOptions>? configureAll = null,
        AddressFamily serverFamily = AddressFamily.InterNetwork,
        ILogger<LoadBalancer>? log = null)
    {
        _testbed = testbed;
        Listener = testbed.Listen(
            new IPEndPoint(serverFamily == AddressFamily.InterNetwork ? Testbed.Server : Testbed.ServerIPv6, 0));
        ServerAddress = (IPEndPoint)Listener.LocalEndPoint!;
        LoadBalancerOptions options = new()
        {
            SourceAddresses = { AddressPrefix.Parse("10.64.0.0/30"), AddressPrefix.Parse("fd00:64::/126") },
        };
        foreach (IPEndPoint address in (IPEndPoint[])[VirtualIPv4, VirtualIPv6])
        {
            ListenerOptions listener = new()
            {
                VirtualAddress = address,
                BackEnds = { new BackEndOptions { Address = ServerAddress } },
            };
            configure?.Invoke(listener);
            options.Listeners.Add(listener);
        }

        configureAll?.Invoke(options);
        Balancer = testbed.StartBalancer(options, log);
    }

    public LoadBalancer Balancer { get; }

    public Socket Listener { get; }

    public IPEndPoint ServerAddress { get; }

    public int Port => ServerAddress.Port;

    /// <summary>
    /// The dropped packets, without those that the balancer's own kernel sends to each device when it comes up.
    /// </summary>
    public IEnumerable<KeyValuePair<DropReason, long>> DropsOfConnections => Balancer.Counters.PacketsDropped
        .Where(drop => drop.Value > 0 && drop.Key is not (DropReason.NotOurs or DropReason.ExtensionHeader));

    public static IPEndPoint VirtualAddress(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? VirtualIPv4 : VirtualIPv6;

    /// <summary>Connects through the balancer, and returns both ends.</summary>
    public async Task<(Socket Client, Socket Server)> ConnectAsync(AddressFamily family)
    {
        Socket client = _testbed.MakeClient(family);
        await client.ConnectAsync(VirtualAddress(family)).WaitAsync(Deadline.Time);
        Socket server = await Listener.AcceptAsync().WaitAsync(Deadline.Time);
        server.NoDelay = true;
        return (client, server);
    }

    /// <summary>
    /// Ends a connection with resets: a FIN that the balancer no longer forwards would be sent again, and arrive at the balancer of the
    /// next test.
    /// </summary>
    public static void Abort(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, 0);
        socket.Dispose();
    }

    /// <summary>Fills the whole buffer. A stream would not accept a socket that is half closed.</summary>
    public static async Task ReceiveAsync(Socket socket, byte[] buffer)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(length)).AsTask().WaitAsync(Deadline.Time);
            if (received == 0)
                throw new EndOfStreamException($"The connection ended after {length} of {buffer.Length} bytes.");
            length += received;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Listener.Dispose();
        await Balancer.DisposeAsync();
    }
}
