using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Toa.Scenarios.Suite;

/// <summary>The complete path as in production: clients, the project's own balancer, the module, and servers.</summary>
internal static class BalancerCases
{
    private const int Connections = 400;
    private const int Forged = 200;

    private static readonly AddressFamily[] s_families = [AddressFamily.InterNetworkV6, AddressFamily.InterNetwork];

    public static IEnumerable<Scenario> All() =>
    [
        new("toa lb demo shows the real clients and leaves nothing", DemoShowsClients),
        new("toa lb demo says what to do where the module does not trust its balancer", DemoIsNotTrusted),
        new("curl through the balancer: toa listen prints the real clients", ListenPrints),
        new("curl through the balancer to an IPv6 server: toa listen prints the real clients", IPv6ServerPrints),
        new("curl through the balancer: toa watch shows the connections and what the provider accepts", WatchShows),
        new("curl through the balancer: Kestrel tells the real clients", KestrelTells),
        new("curl through the balancer with another vendor's kind", OtherKind),
        new($"{Connections} connections are right though packets are lost, doubled, overtaken, and forged behind", MostFaults),
        new($"{Connections} connections are right or the balancer's where options are cut", CutOptions),
        new("an option that was forged before the balancer's is believed, and never another client's", ForgedBefore),
    ];

    private static void DemoShowsClients(Stage stage)
    {
        BalancedNetwork.SkipWithoutVirtualEthernet();
        Tool demo = Tool.Run("lb", "demo", "--once", "--json");
        Expect.Equal(0, demo.ExitCode, $"the exit code of {demo}");
        JsonElement[] events = [.. demo.Output.Split('\n').Where(line => line.Length > 0).Select(line => JsonElement.Parse(line))];
        foreach ((JsonElement request, string source) in events.Zip(["IPv6Option", "IPv4Option"]))
        {
            Expect.True(request.GetProperty("isReal").GetBoolean(), $"the server does not see the client: {request}");
            Expect.Equal(Text(request, "client"), Text(request, "seen"), "the client");
            Expect.Equal(source, Text(request, "source"), "where it was learnt");
            IPEndPoint balancer = IPEndPoint.Parse(Text(request, "transportPeer")!);
            Expect.True(BalancedNetwork.Balancers.Contains(balancer.Address), $"the balancer is {balancer}");
        }
        Expect.Equal(Provider.Current.Kind.ToString(), Text(events[2], "provider"), "the provider");
        Expect.True(!BalancedNetwork.Namespaces.Any(), "namespaces are left");
    }

    private static void DemoIsNotTrusted(Stage stage)
    {
        BalancedNetwork.SkipWithoutVirtualEthernet();
        stage.Provider.Unload();
        stage.Provider.Load("trusted=203.0.113.0/24");
        Tool demo = Tool.Run("lb", "demo", "--once");
        stage.Provider.Unload();
        stage.Provider.Load();
        Expect.Equal(0, demo.ExitCode, $"the exit code of {demo}");
        Expect.True(demo.Output.Contains("Check that it trusts 10.64.0.0/28") && demo.Output.Contains("real client v4 [10.64.0."), demo.Output);
    }

    private static void ListenPrints(Stage stage)
    {
        using var network = new BalancedNetwork();
        foreach (string listen in (string[])["0.0.0.0:8080", "[::]:8080"])
        {
            using ServerProcess server = BalancedNetwork.Serve(Tool.Path, "listen", listen);
            foreach (AddressFamily family in s_families)
                ExpectPrinted(server, CurlEcho(family));
            Expect.Equal(0, server.Stop(), "the server's exit code");
        }
    }

    private static void WatchShows(Stage stage)
    {
        using var network = new BalancedNetwork();
        using ServerProcess server = BalancedNetwork.Serve(Tool.Path, "listen", "0.0.0.0:8080");
        // Not with ip netns, which hides the files of the eBPF provider.
        using ServerProcess watch = BalancedNetwork.AtServer(() => new ServerProcess(
            Tool.Path, ["watch", "--json", "--interval", "1", "--port", $"{BalancedNetwork.Port}"], listeners: 0));
        JsonElement state = Next(watch, "state").GetProperty("state");
        Expect.Equal(Provider.Current.Kind.ToString(), Text(state, "provider"), "the provider");
        foreach ((AddressFamily family, int kind) in ((AddressFamily, int)[])[(AddressFamily.InterNetworkV6, 253), (AddressFamily.InterNetwork, 200)])
        {
            IPEndPoint client = CurlEcho(family);
            JsonElement connection = Next(watch, "connection").GetProperty("connection");
            Expect.Equal(client.ToString(), Text(connection, "client"), "the client");
            Expect.True(BalancedNetwork.Balancers.Contains(IPEndPoint.Parse(Text(connection, "balancer")!).Address), $"the balancer: {connection}");
            Expect.Equal(kind, connection.GetProperty("options")[0].GetProperty("kind").GetInt32(), "the kind");
            Expect.Equal("accepted", Text(connection, "verdict"), "the verdict");
        }

        ulong accepted = 0;
        // The counters are looked at once a second.
        for (int i = 0; i < 60 && accepted < 2; i++)
        {
            state = Next(watch, "state").GetProperty("state");
            accepted = state.GetProperty("counters").EnumerateArray().First(counter => Text(counter, "name") == "syn_recv_sock_toa")
                .GetProperty("total").GetUInt64();
        }

        Expect.True(accepted >= 2, $"the counters are {state}");
        Expect.Equal(0, watch.Stop(), "the exit code of toa watch");
        Expect.Equal(0, server.Stop(), "the server's exit code");
    }

    private static JsonElement Next(ServerProcess watch, string happened)
    {
        while (true)
        {
            JsonElement found = JsonElement.Parse(watch.NextLine());
            if (Text(found, "event") == happened)
                return found;
        }
    }

    private static void IPv6ServerPrints(Stage stage)
    {
        using var network = new BalancedNetwork();
        using ServerProcess server = BalancedNetwork.Serve(Tool.Path, "listen", $"[fd00:10::2]:{BalancedNetwork.IPv6ServerPort}");
        foreach (AddressFamily family in s_families)
            ExpectPrinted(server, CurlEcho(family, BalancedNetwork.IPv6ServerPort));
        Expect.Equal(0, server.Stop(), "the server's exit code");
    }

    private static void KestrelTells(Stage stage)
    {
        using var network = new BalancedNetwork();
        using ServerProcess server = BalancedNetwork.Serve(stage.WhoAmI, "--listen", "[::]:8080", "--known-network", "10.64.0.0/28");
        foreach (AddressFamily family in s_families)
        {
            IPEndPoint client = Curl(BalancedNetwork.VirtualAddress(family), "/api/me", out string answer);
            JsonElement me = JsonElement.Parse(answer);
            Expect.Equal(client.ToString(), Text(me, "client"), "the client");
            Expect.Equal("Trusted", Text(me, "trust"), "whether its balancer is known");
        }
        Expect.Equal(0, server.Stop(), "the web server's exit code");
    }

    private static void OtherKind(Stage stage)
    {
        // First, because it skips the scenario on a kernel without namespaces, and the settings must not stay.
        using var network = new BalancedNetwork("--format", "dpvs", "--placement", "syn");
        stage.Provider.Unload();
        stage.Provider.Load("formats=dpvs");
        using (ServerProcess server = BalancedNetwork.Serve(Tool.Path, "listen", "0.0.0.0:8080"))
        {
            foreach (AddressFamily family in s_families)
                ExpectPrinted(server, CurlEcho(family));
        }
        stage.Provider.Unload();
        stage.Provider.Load();
    }

    private static void MostFaults(Stage stage)
    {
        using var network = new BalancedNetwork(
            Faults(("drop", 2), ("duplicate", 5), ("reorder", 5), ("forged-after", 20)));
        LeaveRoomForTwoOptions();
        // Every segment of the client carries the option until the server has answered, so the loss of one has no effect.
        BalancedConnections.Run(Connections, (_, _) => false);
        ExpectFaults(network.Stop(), "drop", "duplicate", "reorder", "forged_after");
        Memory.ExpectAllFreed();
    }

    private static void CutOptions(Stage stage)
    {
        // Newer kernels (7.3) drop a segment with a truncated option. With more of these segments, clients would back off for a
        // long time.
        using var network = new BalancedNetwork(Faults(("drop", 2), ("duplicate", 5), ("reorder", 5), ("truncated", 5)));
        BalancedConnections seen = BalancedConnections.Run(
            Connections, (_, seen) => BalancedNetwork.Balancers.Contains(seen.Address));
        Expect.True(seen.Others > 0, "no option was lost, although one in twenty was cut");
        Expect.True(seen.Right > Connections / 2, $"only {seen.Right} clients were seen");
        ExpectFaults(network.Stop(), "drop", "duplicate", "reorder", "truncated");
        Memory.ExpectAllFreed();
    }

    private static void ForgedBefore(Stage stage)
    {
        using var network = new BalancedNetwork(Faults(("forged-before", 100)));
        LeaveRoomForTwoOptions();
        BalancedConnections seen = BalancedConnections.Run(Forged, (client, seen) =>
            seen.ToString() == (client.AddressFamily == AddressFamily.InterNetwork ? "203.0.113.66:6666" : "[2001:db8:bad::66]:6666"));
        Expect.Equal(Forged, seen.Others, "connections with the forged client");
    }

    private static void ExpectPrinted(ServerProcess server, IPEndPoint client)
    {
        string version = client.AddressFamily == AddressFamily.InterNetworkV6 ? "v6" : "v4";
        Expect.Equal($"real client {version} [{client.Address}]:{client.Port}", server.NextLine(), "the server's line");
    }

    /// <summary>Expects that each fault occurred repeatedly.</summary>
    private static void ExpectFaults(JsonElement counters, params string[] faults)
    {
        foreach (string fault in faults)
        {
            long count = counters.GetProperty($"fault_{fault}").GetInt64();
            Expect.True(count > Connections / 50, $"only {count} packets met the fault {fault}");
        }
    }

    /// <summary>Timestamps and two IPv6 TOA options do not fit in a TCP header together.</summary>
    private static void LeaveRoomForTwoOptions() => BalancedNetwork.RunAtClient("sysctl", "-w", "net.ipv4.tcp_timestamps=0");

    private static string[] Faults(params (string Name, int Percent)[] faults) =>
        [.. faults.SelectMany(fault => (string[])["--fault", $"{fault.Name}={fault.Percent}"])];

    private static int s_port = 40_000;

    /// <summary>The request is also a complete response. If an echo server returns it, curl accepts it and ends.</summary>
    private static IPEndPoint CurlEcho(AddressFamily family, int virtualPort = BalancedNetwork.Port) =>
        Curl(BalancedNetwork.VirtualAddress(family, virtualPort), "/", out _, "--request", "HTTP/1.1 200", "--header", "Content-Length: 0");

    /// <summary>Requests a page from the server through the balancer, and returns the client's address.</summary>
    private static IPEndPoint Curl(IPEndPoint virtualAddress, string path, out string answer, params string[] options)
    {
        int port = s_port++;
        answer = BalancedNetwork.RunAtClient(
        [
            "curl", "--silent", "--show-error", "--globoff", "--max-time", "60", "--local-port", port.ToString(), .. options,
            $"http://{virtualAddress}{path}",
        ]);
        return BalancedNetwork.Client(virtualAddress.AddressFamily, port);
    }

    private static string? Text(JsonElement found, string name) => found.GetProperty(name).GetString();
}
