using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Injector;
using Toa.Scenarios.Endurance;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>What the eBPF provider does besides: loading over itself, and options elsewhere than on the handshake's end.</summary>
internal static class EbpfCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.44:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::44:1]:40000");

    public static IEnumerable<Scenario> All() =>
        ((IEnumerable<Scenario>)
        [
            new("a second load replaces the programs, and connections keep their clients", Replaced),
            new("programs are replaced under traffic, and no connection misses its client", ReplacedUnderTraffic),
            new("unloading leaves nothing behind", LeavesNothing),
            new("an option on a SYN that no program saved is found with syn=1", SynSavedForAll),
            new("first_data: a NAT64 client is found on the first data", FirstData),
            new("first_data: no client after a program was told that there is none", TooLate),
            new("first_data: no client of the hybrid cloud after accept has named the balancer", NamedAlready),
            new("first_data: data behind the first changes nothing", LaterData),
        ]).Select(scenario => scenario with { Run = stage => RunOnEbpf(scenario, stage) });

    private static void RunOnEbpf(Scenario scenario, Stage stage)
    {
        if (Provider.IsModule)
            throw new ScenarioSkippedException("about the eBPF provider, and it is the module");
        scenario.Run(stage);
    }

    private static void Replaced(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair older = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        Counters before = Counters.Read();
        for (int i = 0; i < 5; i++)
        {
            stage.Provider.Load("trusted=10.200.0.0/16");
            Expectation.Ipv6(s_ipv6, older.Client.Client).CheckAgain(older.Server, older.Client.Server);
            using ConnectedPair newer = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
            newer.Expect(Expectation.Ipv4(s_ipv4));
        }
        Counters.ExpectMoved(before, ("ip4_address_alloc", 5));
        Expect.Equal("10.200.0.0/16", Setting.Read("trusted"), "trusted");
        stage.Provider.Load();
        older.Dispose();
        Memory.ExpectAllFreed();
    }

    private static void ReplacedUnderTraffic(Stage stage)
    {
        using var traffic = new Traffic(stage);
        for (int i = 0; i < 10; i++)
        {
            traffic.WaitForMore();
            stage.Provider.Load();
        }
        traffic.WaitForMore();
        traffic.Stop();
        Memory.ExpectAllFreed();
    }

    private static void LeavesNothing(Stage stage)
    {
        stage.Provider.Unload();
        Expect.True(!stage.Provider.Loaded, "its folder is still there");
        using var listener = new Listener(IPAddress.Any);
        using (ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4)))
            pair.Expect(Expectation.NoProvider(pair.Client.Client));
        stage.Provider.Unload();
        stage.Provider.Load();
    }

    private static void SynSavedForAll(Stage stage)
    {
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using Setting syn = Setting.Provider("syn", "1");
            using var listener = new Listener(address);
            IPEndPoint balancer = stage.NextBalancer();
            using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
            {
                Client = balancer,
                Server = Stage.ServerEnd(listener),
                SynOptions = OptionBytes.Toa(s_ipv6),
            });
            pair.Expect(Expectation.Ipv6(s_ipv6, balancer));
        }
    }

    private static void FirstData(Stage stage)
    {
        using Setting firstData = Setting.Provider("first_data", "1");
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using var listener = new Listener(address);
            Counters before = Counters.Read();
            using ConnectedPair pair = Connect(stage, listener, s_ipv6);
            pair.Client.Send("data"u8);
            Expect.Equal(4, pair.Server.Receive().Length, "bytes that the server read");
            Expectation.Ipv6(s_ipv6, pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);
            Counters.ExpectMoved(before, ("first_data_toa", 1), ("first_data_late", 0), ("ip6_address_alloc", 1));
        }
        Memory.ExpectAllFreed();
    }

    private static void TooLate(Stage stage)
    {
        using Setting firstData = Setting.Provider("first_data", "1");
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = Connect(stage, listener, s_ipv6);
        ExpectNobody(pair);
        ExpectLate(pair);
    }

    private static void NamedAlready(Stage stage)
    {
        using Setting firstData = Setting.Provider("first_data", "1");
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = Connect(stage, listener, s_ipv4);
        ExpectLate(pair);
    }

    private static void LaterData(Stage stage)
    {
        using Setting firstData = Setting.Provider("first_data", "1");
        using var listener = new Listener(IPAddress.Any);
        // The first data ends the handshake, without an option: there is nothing more to wait for.
        using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
        {
            Client = stage.NextBalancer(),
            Server = Stage.ServerEnd(listener),
            FirstData = "data"u8.ToArray(),
            FirstDataOptions = OptionBytes.None,
            DataOptions = OptionBytes.Toa(s_ipv6),
        });
        Expect.Equal(4, pair.Server.Receive().Length, "bytes that the server read");
        Counters before = Counters.Read();
        pair.Client.Send("more"u8);
        Expect.Equal(4, pair.Server.Receive().Length, "bytes that the server read");
        ExpectNobody(pair);
        Counters.ExpectMoved(before, ("first_data_toa", 0), ("first_data_late", 0), ("ip6_address_alloc", 0));
    }

    private static void ExpectLate(ConnectedPair pair)
    {
        Counters before = Counters.Read();
        pair.Client.Send("data"u8);
        Expect.Equal(4, pair.Server.Receive().Length, "bytes that the server read");
        ExpectNobody(pair);
        Counters.ExpectMoved(before, ("first_data_toa", 0), ("first_data_late", 1));
    }

    private static void ExpectNobody(ConnectedPair pair) =>
        Expectation.Transport(pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);

    private static ConnectedPair Connect(Stage stage, Listener listener, IPEndPoint client) =>
        stage.Connect(listener, new ConnectRequest
        {
            Client = stage.NextBalancer(),
            Server = Stage.ServerEnd(listener),
            DataOptions = OptionBytes.Toa(client),
        });
}
