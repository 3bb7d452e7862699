using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Failures on demand, with a build of the module that can cause them.</summary>
internal static class FaultCases
{
    /// <summary>The steps of loading, in order.</summary>
    private static readonly string[] s_steps =
    [
        "targets", "store", "counters", "guard", "sockopt", "proc", "hooks", "watchdog",
        "inet_sock_destruct", "inet_getname", "inet6_getname", "tcp_v4_syn_recv_sock", "tcp_v6_syn_recv_sock",
    ];

    public static IEnumerable<Scenario> All() =>
    [
        .. s_steps.Select(step => Scenario.OfModule($"a load that fails at {step} leaves nothing behind", stage => FailingLoad(stage, step))),
        Scenario.OfModule("without memory a connection loses its address and nothing else", NoMemory),
        Scenario.OfModule("the table shows once what stays, however many share a bucket", FewBuckets),
    ];

    private static void FailingLoad(Stage stage, string step)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair older = stage.Connect(listener, OptionBytes.Toa(IPEndPoint.Parse("192.0.2.1:1")));
        stage.Provider.Unload();
        KernelModule faulty = Faulty(stage);
        Expect.True(!faulty.TryLoad($"fail_at={step}"), "the module loaded");
        Expect.True(!faulty.Loaded, "the module stayed");
        Expect.True(!File.Exists("/proc/net/toa_stats") && !File.Exists("/proc/net/toa_table"), "a proc file stayed");
        Expect.Equal("", string.Join('\n', FunctionTracer.HookedFunctions), "hooked functions");

        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(IPEndPoint.Parse("192.0.2.1:1")));
        pair.Expect(Expectation.NoProvider(pair.Client.Client));
        pair.ExpectServed();
        older.ExpectServed();
        stage.Provider.Load();
    }

    private static void NoMemory(Stage stage)
    {
        stage.Provider.Unload();
        KernelModule faulty = Faulty(stage);
        faulty.Load("fail_allocations=2");
        try
        {
            using var listener = new Listener(IPAddress.IPv6Any);
            Counters before = Counters.Read();
            for (int i = 0; i < 20; i++)
            {
                var client = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1000 + i);
                using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(client));
                pair.Expect(i % 2 == 0 ? Expectation.Ipv4(client) : Expectation.Transport(pair.Client.Client));
                pair.ExpectServed();
            }
            Counters.ExpectMoved(before, ("no_memory", 10), ("syn_recv_sock_toa", 10), ("syn_recv_sock_no_toa", 10), ("ip4_address_alloc", 10));
            Memory.ExpectAllFreed();
        }
        finally
        {
            faulty.Unload();
        }
        stage.Provider.Load();
    }

    private static void FewBuckets(Stage stage)
    {
        const int Rows = 60, Changes = 12;
        stage.Provider.Unload();
        KernelModule faulty = Faulty(stage);
        faulty.Load("few_buckets=1");
        List<ConnectedPair> pairs = [];
        try
        {
            using var listener = new Listener(IPAddress.IPv6Any);
            var clients = new Queue<IPEndPoint>(Enumerable.Range(1000, Rows + Changes).Select(port => new IPEndPoint(IPAddress.Parse("192.0.2.1"), port)));
            void Connect() => pairs.Add(stage.Connect(listener, OptionBytes.Toa(clients.Dequeue())));
            while (pairs.Count < Rows)
                Connect();
            List<TableRow> stay = TableRow.Read();
            Expect.Equal(Rows, stay.Count, "rows");

            var table = new StringBuilder();
            using FileStream file = new("/proc/net/toa_table", FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Span<byte> part = stackalloc byte[512];
            for (int read; (read = file.Read(part)) > 0;)
            {
                table.Append(Encoding.ASCII.GetString(part[..read]));
                if (clients.Count == 0)
                    continue;
                Connect();
                // The first remaining row, which the reader has already read, or will read soon.
                TableRow gone = stay[0];
                stay.RemoveAt(0);
                pairs.RemoveAll(pair =>
                {
                    if (!pair.Client.Client.Equals(gone.Peer))
                        return false;
                    pair.Dispose();
                    return true;
                });
                Expect.Eventually(() => !TableRow.Read().Contains(gone), () => $"{gone} is still shown");
            }
            Expect.Equal(0, clients.Count, "changes that the reading was too short for");
            List<TableRow> seen = TableRow.Parse(table.ToString());
            Expect.Equal("", string.Join("; ", stay.Where(row => seen.Count(row.Equals) != 1)), "rows that stayed, and were not seen once");
        }
        finally
        {
            pairs.ForEach(pair => pair.Dispose());
            faulty.Unload();
        }
        stage.Provider.Load();
    }

    private static KernelModule Faulty(Stage stage) =>
        new(stage.PathOf("toa-faults.ko"), "toa");
}
