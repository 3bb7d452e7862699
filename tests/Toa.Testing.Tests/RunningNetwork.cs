using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Toa.Testing.Tests;

/// <summary>A network that all tests share, and connections in it.</summary>
public sealed class RunningNetwork : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private ToaTestNetwork? _network;

    internal ToaTestNetwork Demand()
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        return _network!;
    }

    public async Task InitializeAsync()
    {
        if (ToaTestNetwork.SkipReason is null)
            _network = await ToaTestNetwork.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_network is not null)
            await _network.DisposeAsync();
    }

    internal static CancellationToken Late() => new CancellationTokenSource(s_patience).Token;

    /// <summary>Creates a server's listening socket, which saves SYNs.</summary>
    internal static Socket Listen(ToaTestNetwork network, IPEndPoint address)
    {
        Socket listener = network.Bind(address);
        listener.SaveSyn();
        listener.Listen();
        return listener;
    }

    /// <summary>Connects a client, and finds its address at the server.</summary>
    internal static async Task<ToaResolution> VisitAsync(
        ToaTestBalancer balancer, Socket listener, IPEndPoint client, params string[] formats)
    {
        ToaOptions options = new() { ReadSavedSyn = true };
        foreach (string network in ToaTestNetwork.BalancerNetworks)
            options.KnownIPNetworks.Add(network);
        foreach (string format in formats)
            options.Formats.Add(format);
        Task<Socket> accepting = listener.AcceptAsync(Late()).AsTask();
        using Socket connected = await balancer.ConnectAsync(client, Late());
        using Socket accepted = await accepting;
        return new ToaResolver(options).Resolve(accepted);
    }
}
