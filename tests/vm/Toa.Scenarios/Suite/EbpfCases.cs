using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Diagnostics;
using Toa.Injector;
using Toa.Scenarios.Endurance;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>
/// More functions of the eBPF provider: replacing its programs, and reading options that are not on the last segment of the
/// handshake.
/// </summary>
internal static class EbpfCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.44:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::44:1]:40000");

    public static IEnumerable<Scenario> All() =>
    [
        Scenario.OfEbpf("a second load replaces the programs, and connections keep their clients", Replaced),
        Scenario.OfEbpf("programs are replaced under traffic, and no connection misses its client", ReplacedUnderTraffic),
        Scenario.OfEbpf("unloading leaves nothing behind", LeavesNothing),
        Scenario.OfEbpf("without its files, counters and connections are read from its maps", WithoutFiles),
        Scenario.OfEbpf("a refusal by a program of a child cgroup stands", RefusedByChild),
        Scenario.OfEbpf("an option on a SYN that no program saved is found with syn=1", SynSavedForAll),
        Scenario.OfEbpf("first_data: a NAT64 client is found on the first data", FirstData),
        Scenario.OfEbpf("first_data: no client after a program was told that there is none", TooLate),
        Scenario.OfEbpf("first_data: no client of the hybrid cloud after accept has named the balancer", NamedAlready),
        Scenario.OfEbpf("first_data: data behind the first changes nothing", LaterData),
        Scenario.OfEbpf("first_data: another program goes on seeing headers", HeadersOfANeighbour),
    ];

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

    private static void RefusedByChild(Stage stage)
    {
        string root = CgroupProgram.Root, child = Path.Combine(root, "toa-refused");
        Directory.CreateDirectory(child);
        try
        {
            using CgroupProgram refuses = new(
                "refuses", CgroupProgram.SocketOption, CgroupProgram.Refusing, CgroupProgram.AtGetSocketOption, child);
            // A connection belongs to the cgroup in which its listener was created.
            File.WriteAllText(Path.Combine(child, "cgroup.procs"), "0");
            Listener inside;
            try
            {
                inside = new Listener(IPAddress.Any);
            }
            finally
            {
                File.WriteAllText(Path.Combine(root, "cgroup.procs"), "0");
            }
            using Listener listener = inside;
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
            foreach (int option in (int[])[4096, 4097])
                Expect.Equal(EbpfProvider.SetsErrno ? Libc.EACCES : Libc.EPERM, pair.Server.GetOption(option, new byte[40], out _), $"the errno of {option}");
        }
        finally
        {
            Directory.Delete(child);
        }
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

    /// <summary>Removes the files, as on a kernel that refuses their programs. This kernel may be such a kernel.</summary>
    private static void WithoutFiles(Stage stage)
    {
        bool makesFiles = Provider.Ebpf.MakesFiles;
        Expect.Equal(makesFiles, EbpfProvider.HasFiles, "whether the load made the files");
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
        using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        using ConnectedPair plain = stage.Connect(listener);
        using ConnectedPair overIPv6 = stage.Connect(listener, new ConnectRequest
        {
            Client = stage.NextBalancer(AddressFamily.InterNetworkV6),
            Server = Stage.ServerEnd(listener, AddressFamily.InterNetworkV6),
            Option = OptionBytes.Toa(s_ipv6),
        });
        HashSet<TableRow> rows =
        [
            new(s_ipv4, hybrid.Client.Client, hybrid.Client.Server),
            new(s_ipv6, nat64.Client.Client, nat64.Client.Server),
            new(s_ipv6, overIPv6.Client.Client, overIPv6.Client.Server),
        ];
        Expect.True(rows.SetEquals(TableRow.Read()), $"the rows are: {string.Join("; ", TableRow.Read())}");
        string stats = stage.Provider.ReadStats("self");
        File.Delete(EbpfProvider.FileOf("stats"));
        File.Delete(EbpfProvider.FileOf("table"));

        Expect.Equal(Words(stats), Words(stage.Provider.ReadStats("self")), "the counters by the loader");
        Expect.True(rows.SetEquals(TableRow.Read()), $"the rows by the loader are: {string.Join("; ", TableRow.Read())}");
        Expect.Equal(Words(stats), Words(Written(ToaStatistics.Read())), "the counters by the library");
        Expect.Equal(3, Tool.Run("table", "--json").ReadJson().GetProperty("total").GetInt32(), "the connections by toa table");
        Expect.True(Tool.Run("stats").Output.Contains("syn_recv_sock_toa"), "toa stats does not show the counters");
        Expect.True(Tool.Run("doctor", "--json", "--seconds", "0").Output.Contains("\"TOA307\""), "the doctor does not find that there are no files");
        string files = Setting.Read("files");
        Expect.True(files.StartsWith(makesFiles ? "none: missing: toa-bpf load" : "none: the kernel "), $"status says files={files}");

        stage.Provider.Load();
        Expect.Equal(makesFiles, EbpfProvider.HasFiles, "whether a load makes the files again");
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[])[' ', ':', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Written(ToaStatistics statistics) => string.Join(
        '\n', statistics.Counters.Select(counter => $"{counter.Name} {string.Join(' ', counter.PerProcessor)}")
            .Prepend(string.Join(' ', statistics.Processors)));

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
        // The first data completes the handshake, without an option: the provider then waits for no more options.
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

    private static void HeadersOfANeighbour(Stage stage)
    {
        stage.Provider.Unload();
        using var neighbour = new HeaderWatcher(); // Attached first, so its request exists when the provider's program runs.
        stage.Provider.Load();
        using Setting firstData = Setting.Provider("first_data", "1");
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = Connect(stage, listener, s_ipv6);
        for (int segment = 1; segment <= 3; segment++)
        {
            pair.Client.Send("data"u8);
            Expect.Equal(4, pair.Server.Receive().Length, "bytes that the server read");
            Expectation.Ipv6(s_ipv6, pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);
            Expect.Equal((long)segment, neighbour.Seen, "segments that the other program saw");
        }
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
