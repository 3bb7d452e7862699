using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Toa.Injector;

namespace Toa.Scenarios.Suite;

/// <summary>The published sample web server: ASP.NET Core's HttpContext, and everything between it and the kernel.</summary>
internal static class WhoAmICases
{
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::80:1]:40000");
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.80:5555");

    public static IEnumerable<Scenario> All() =>
    [
        new("a web page on 0.0.0.0 tells its visitors their real addresses", stage => TellsRealAddresses(stage, "0.0.0.0:8080")),
        new("a web page on [::] tells its visitors their real addresses", stage => TellsRealAddresses(stage, "[::]:8080")),
        new("a web page on [::] tells the clients of every vendor's balancer", TellsEveryVendorsClients),
        new("a web page believes known balancers only", KnownBalancersOnly),
        new("a web server's health names the provider, and its metrics count by source", HealthAndMetrics),
    ];

    private static void TellsRealAddresses(Stage stage, string listen)
    {
        using ServerProcess server = Start(stage, "--listen", listen);
        foreach ((IPEndPoint? client, string source) in
            (IEnumerable<(IPEndPoint?, string)>)[(s_ipv6, "IPv6Option"), (s_ipv4, "IPv4Option"), (null, "TransportPeer")])
        {
            using WebVisitor visitor = Visit(stage, client);
            string balancer = visitor.Balancer.ToString();
            // All requests use one connection, which has one client.
            for (int i = 0; i < 3; i++)
            {
                JsonElement me = visitor.GetJson("/api/me");
                Expect.Equal(client?.ToString() ?? balancer, Text(me, "client"), "the client");
                Expect.Equal(client?.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4", Text(me, "family"), "its family");
                Expect.Equal(source, Text(me, "source"), "where it was learnt");
                Expect.Equal(client is null ? null : balancer, Text(me, "balancer"), "the balancer");
            }
        }
        Stop(server);
    }

    private static void TellsEveryVendorsClients(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", GoldenFormat.EverySetting);
        using ServerProcess server = Start(stage, "--listen", "[::]:8080");
        foreach (GoldenFormat golden in GoldenFormat.All)
        {
            using WebVisitor visitor = Visit(stage, golden.OptionBytes.PadAfter());
            JsonElement me = visitor.GetJson("/api/me");
            Expect.Equal(golden.Client.ToString(), Text(me, "client"), $"the client of {golden}");
            Expect.Equal(golden.FormatName.Replace("-", ""), Text(me, "format")?.ToLowerInvariant(), "the format");
            Expect.Equal(golden.Virtual?.ToString(), Text(me, "virtualAddress"), "the virtual address");
            JsonElement id = me.GetProperty("networkId");
            Expect.Equal(golden.NetworkId, id.ValueKind == JsonValueKind.Null ? 0 : id.GetUInt32(), "the network id");
        }
        Stop(server);
    }

    private static void KnownBalancersOnly(Stage stage)
    {
        foreach ((string network, bool isKnown) in (IEnumerable<(string, bool)>)[("10.200.0.0/16", true), ("203.0.113.0/24", false)])
        {
            using ServerProcess server = Start(stage, "--listen", "[::]:8080", "--known-network", network);
            foreach (IPEndPoint client in (IPEndPoint[])[s_ipv6, s_ipv4])
            {
                using WebVisitor visitor = Visit(stage, client);
                JsonElement me = visitor.GetJson("/api/me");
                Expect.Equal(isKnown ? client : visitor.Balancer, IPEndPoint.Parse(Text(me, "client")!), "the client");
                Expect.Equal(isKnown ? "Trusted" : "Untrusted", Text(me, "trust"), "whether its balancer is known");
            }
            Stop(server);
        }
    }

    private static void HealthAndMetrics(Stage stage)
    {
        using ServerProcess server = Start(stage, "--listen", "0.0.0.0:8080");
        using WebVisitor visitor = Visit(stage, s_ipv6);
        visitor.Get("/api/me");

        JsonElement health = visitor.GetJson("/healthz");
        Expect.Equal("Healthy", Text(health, "status"), "the health");
        JsonElement data = health.GetProperty("checks").GetProperty("toa").GetProperty("data");
        Expect.Equal(Provider.Current.Kind.ToString(), Text(data, "provider"), "the provider");
        Expect.True(data.GetProperty("syn_recv_sock_toa").GetUInt64() > 0, "the provider's counters are not in the health's data");

        string metrics = visitor.Get("/metrics");
        Expect.True(metrics.Contains("toa_source=\"ipv6_option\"", StringComparison.Ordinal), $"the metrics do not count IPv6 options:\n{metrics}");
        Stop(server);
    }

    private static ServerProcess Start(Stage stage, params string[] arguments) =>
        new(stage.WhoAmI, arguments);

    private static void Stop(ServerProcess server) => Expect.Equal(0, server.Stop(), "the web server's exit code");

    private static WebVisitor Visit(Stage stage, IPEndPoint? client) =>
        Visit(stage, client is null ? null : OptionBytes.Toa(client));

    private static WebVisitor Visit(Stage stage, OptionBytes? option) =>
        new(stage.Injector.Connect(new ConnectRequest
        {
            Client = stage.NextBalancer(),
            Server = new IPEndPoint(Stage.ServerIPv4, 8080),
            AckOptions = option,
            FirstDataOptions = OptionBytes.None,
            // The first request to a server that has just started is slow.
            Timeout = TimeSpan.FromSeconds(60),
        }));

    private static string? Text(JsonElement answer, string name) => answer.GetProperty(name).GetString();
}
