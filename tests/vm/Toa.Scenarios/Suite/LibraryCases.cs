using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>All functions of the library, on a kernel with the provider.</summary>
internal static class LibraryCases
{
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::11:1]:40000");
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.111:5555");

    public static IEnumerable<Scenario> All() =>
    [
        new("the library tells an IPv6 client, its source and the transport peer", stage => EachWay(stage, s_ipv6, ToaSource.IPv6Option)),
        new("the library tells an IPv4 client, its source and the transport peer", stage => EachWay(stage, s_ipv4, ToaSource.IPv4Option)),
        new("the library tells that there was no option", stage => EachWay(stage, null, ToaSource.TransportPeer)),
        new("a resolver believes known proxies only", KnownProxiesOnly),
        new("a hundred threads look up a hundred clients", ManyThreads),
        new("the library recognises the provider, and reads its counters and its table", Diagnostics),
        new("the library notices that the provider goes and comes", GoesAndComes),
    ];

    private static void EachWay(Stage stage, IPEndPoint? client, ToaSource source)
    {
        ToaResolver resolver = new(new ToaOptions());
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using var listener = new Listener(address);
            using ConnectedPair pair = Connect(stage, listener, client);
            using Socket socket = pair.Server.AsDotNetSocket();
            WaitForInfo(resolver, socket);

            ToaResolution found = resolver.Resolve(socket);
            Expect.Equal(client ?? pair.Client.Client, found.Client.ToIPEndPoint(), "the client");
            Expect.Equal(source, found.Client.Source, "its source");
            Expect.Equal(pair.Client.Client, found.TransportPeer.ToIPEndPoint(), "the transport peer");
            Expect.Equal(client is null ? ToaFallbackReason.NoOption : ToaFallbackReason.None, found.FallbackReason, "the reason");
            bool mapped = address.Equals(IPAddress.IPv6Any) && found.Client.AddressFamily == AddressFamily.InterNetwork;
            Expect.Equal(mapped, found.Client.IsIPv4MappedToIPv6, "whether the kernel speaks of it as ::ffff:a.b.c.d");
            Expect.Equal(found.Client, socket.GetRealClient(), "the struct");
            Expect.Equal(found.Client.ToIPEndPoint(), socket.GetRealRemoteEndPoint(), "the endpoint");
            using TcpClient tcpClient = new() { Client = socket };
            Expect.Equal(found.Client.ToIPEndPoint(), tcpClient.GetRealRemoteEndPoint(), "TcpClient");
            Expect.Equal(found.Client.ToIPEndPoint(), tcpClient.GetStream().GetRealRemoteEndPoint(), "NetworkStream");
        }
    }

    private static void KnownProxiesOnly(Stage stage)
    {
        foreach (IPEndPoint client in (IPEndPoint[])[s_ipv6, s_ipv4])
        {
            using var listener = new Listener(IPAddress.IPv6Any);
            using ConnectedPair pair = Connect(stage, listener, client);
            using Socket socket = pair.Server.AsDotNetSocket();
            WaitForInfo(new ToaResolver(new ToaOptions()), socket);

            ToaResolution trusted = Resolver(pair.Client.Client.Address.ToString()).Resolve(socket);
            Expect.Equal((client, ToaTrust.Trusted), (trusted.Client.ToIPEndPoint(), trusted.Trust), "through a known proxy");

            // getpeername returns the IPv4 client, so only the provider still knows the transport peer.
            ToaResolution untrusted = Resolver("203.0.113.0/24").Resolve(socket);
            Expect.Equal(
                (pair.Client.Client, ToaTrust.Untrusted, ToaFallbackReason.UntrustedPeer),
                (untrusted.Client.ToIPEndPoint(), untrusted.Trust, untrusted.FallbackReason), "through a stranger");

            ToaOptions strict = new() { WhenUntrusted = ToaAction.Refuse };
            strict.KnownIPNetworks.Add("203.0.113.0/24");
            Expect.True(!new ToaResolver(strict).TryResolve(socket, out _), "a stranger was not refused");
        }
    }

    private static void ManyThreads(Stage stage)
    {
        const int Count = 100;
        using var listener = new Listener(IPAddress.IPv6Any);
        List<(ConnectedPair Pair, IPEndPoint Client)> connections =
            [.. Enumerable.Range(0, Count).Select(i => new IPEndPoint(i % 2 == 0 ? s_ipv6.Address : s_ipv4.Address, 1 + i))
                .Select(client => (Connect(stage, listener, client), client))];
        Task[] askers = [.. connections.Select(connection => Task.Factory.StartNew(() =>
        {
            using Socket socket = connection.Pair.Server.AsDotNetSocket();
            for (int i = 0; i < 200; i++)
                Expect.Equal(connection.Client, socket.GetRealRemoteEndPoint(), "a client among many");
        }, TaskCreationOptions.LongRunning))];
        Task.WhenAll(askers).GetAwaiter().GetResult();
        foreach ((ConnectedPair pair, _) in connections)
            pair.Dispose();
    }

    private static void Diagnostics(Stage stage)
    {
        ToaProvider provider = ToaProvider.Detect();
        Expect.Equal(Provider.Current.Kind, provider.Kind, "the provider");
        Expect.True(provider is { AnswersInfo: true, AnswersIPv6Lookup: true, IsTencentOSKernel: false }, provider.ToString());

        using var listener = new Listener(IPAddress.IPv6Any);
        ulong? before = ToaStatistics.Read()["syn_recv_sock_toa"];
        using ConnectedPair pair = Connect(stage, listener, s_ipv4);
        ToaStatistics statistics = ToaStatistics.Read();
        Expect.Equal(before + 1, statistics["syn_recv_sock_toa"], "the counter");
        Expect.Equal(0, statistics.Missing.Count, "missing counters");
        Expect.Equal(Environment.ProcessorCount, statistics.Processors.Count, "processors");

        if (!Provider.IsModule && !Provider.Ebpf.MakesFiles)
        {
            Expect.True(
                !ToaTable.TryRead(out _, out string? problem) && problem!.Contains("toa-bpf table", StringComparison.Ordinal), $"the table's problem: {problem}");
            return;
        }
        ToaTableEntry row = ToaTable.Read().Single(entry => entry.Client.Equals(s_ipv4));
        Expect.Equal(pair.Client.Client, row.TransportPeer!, "the table's transport peer");
        Expect.Equal(pair.Client.Server, row.Local!, "the table's local end");
        Expect.Equal(200, row.Kind!.Value, "the table's kind");
    }

    private static void GoesAndComes(Stage stage)
    {
        ToaResolver resolver = new(new ToaOptions());
        using var listener = new Listener(IPAddress.IPv6Any);
        stage.Provider.Unload();
        Expect.Equal(ToaProviderKind.None, ToaProvider.Detect().Kind, "the provider, once it is gone");
        Expect.True(!ToaStatistics.TryRead(out _, out string? problem) && problem!.Contains("no TOA provider is loaded", StringComparison.Ordinal), $"the counters' problem: {problem}");
        using (ConnectedPair pair = Connect(stage, listener, s_ipv6))
        {
            using Socket socket = pair.Server.AsDotNetSocket();
            ToaResolution found = resolver.Resolve(socket);
            Expect.Equal((pair.Client.Client, ToaFallbackReason.NoProvider), (found.Client.ToIPEndPoint(), found.FallbackReason), "without a provider");
        }

        stage.Provider.Load();
        using (ConnectedPair pair = Connect(stage, listener, s_ipv6))
        {
            using Socket socket = pair.Server.AsDotNetSocket();
            // The library tries getsockopt 4096 at once, and 4097 only after a while.
            Expect.Equal(s_ipv6, resolver.Resolve(socket).Client.ToIPEndPoint(), "the client, at once");
            WaitForInfo(resolver, socket);
        }
    }

    /// <summary>The library may have seen a kernel without the provider, and remembers that for a second.</summary>
    private static void WaitForInfo(ToaResolver resolver, Socket socket) =>
        Expect.Eventually(
            () => resolver.Resolve(socket).TransportPeer.Source == ToaSource.TransportPeer,
            () => "the library does not ask for all that the provider knows");

    private static ToaResolver Resolver(string network)
    {
        ToaOptions options = new();
        options.KnownIPNetworks.Add(network);
        return new ToaResolver(options);
    }

    private static ConnectedPair Connect(Stage stage, Listener listener, IPEndPoint? client) =>
        stage.Connect(listener, client is null ? null : OptionBytes.Toa(client));
}
