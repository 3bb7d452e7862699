using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Endurance;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>/proc/net/toa_table, and both proc files in another network namespace.</summary>
internal static class TableCases
{
    public static IEnumerable<Scenario> All() =>
    [
        new("the table has a line for each connection with an address", EachConnection),
        new("the table shows 2000 held connections while others come and go", stage => HeldConnections.Run(stage, 2000, _ => { })),
        new("another network namespace has tables of its own", OtherNamespace),
    ];

    private static void EachConnection(Stage stage)
    {
        Expect.Equal(0, TableRow.Read().Count, "rows before the first connection");
        var ipv4 = IPEndPoint.Parse("192.0.2.3:65535");
        var ipv6 = IPEndPoint.Parse("[2001:db8:1111:2222:3333:4444:5555:6666]:65534");
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(ipv4));
        using ConnectedPair plain = stage.Connect(listener);
        using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(ipv6));
        using ConnectedPair overIPv6 = stage.Connect(listener, new ConnectRequest
        {
            Client = stage.NextBalancer(AddressFamily.InterNetworkV6),
            Server = Stage.ServerEnd(listener, AddressFamily.InterNetworkV6),
            Option = OptionBytes.Toa(ipv6),
        });

        HashSet<TableRow> rows = [.. TableRow.Read()];
        Expect.True(rows.SetEquals(
        [
            new TableRow(ipv4, hybrid.Client.Client, hybrid.Client.Server),
            new TableRow(ipv6, nat64.Client.Client, nat64.Client.Server),
            new TableRow(ipv6, overIPv6.Client.Client, overIPv6.Client.Server),
        ]), $"the rows are: {string.Join("; ", rows)}");
    }

    private static void OtherNamespace(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(IPEndPoint.Parse("192.0.2.3:1")));
        Expect.Equal(1, TableRow.Read().Count, "rows here");

        using Process other = Process.Start(new ProcessStartInfo("unshare",
            ["-n", "sh", "-c", Provider.Current.ShellCommand])
        {
            RedirectStandardOutput = true,
        })!;
        string[] lines = other.StandardOutput.ReadToEnd().Split('\n', System.StringSplitOptions.RemoveEmptyEntries);
        other.WaitForExit();
        Expect.Equal(0, other.ExitCode, "exit status of the command in another namespace");
        Expect.True(lines[0].StartsWith("client "), "the first line is not the table's header");
        Expect.True(lines[1].TrimStart().StartsWith("CPU"), $"the other namespace sees: {lines[1]}");
        if (!Provider.IsModule)
            return; // The counters of the eBPF provider are for the whole machine.
        Expect.True(lines.Skip(2)
                .All(line => line.Split(':')[1].Split(' ', System.StringSplitOptions.RemoveEmptyEntries).All(n => n == "0")),
            "the other namespace's counters are not zero");
    }
}
