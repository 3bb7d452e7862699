using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Endurance;

/// <summary>Holds many connections, and reads /proc/net/toa_table repeatedly while others open and close.</summary>
internal sealed class HeldConnections : IDisposable
{
    private const int Batch = 500;
    private const int Readings = 5;

    private readonly Stage _stage;
    private readonly Listener _listener = new(IPAddress.IPv6Any);
    private readonly List<InjectedConnection> _clients = [];
    private readonly List<Accepted> _servers = [];
    private readonly HashSet<TableRow> _rows = [];

    private HeldConnections(Stage stage) => _stage = stage;

    public static void Run(Stage stage, int count, Action<string> report)
    {
        Counters before = Counters.Read();
        using (var held = new HeldConnections(stage))
        {
            held.Open(count, report);
            held.ReadWhileOthersCome(report);
            NetworkNamespace.Run(() => Expect.Equal(0, TableRow.Read(NetworkNamespace.OfThread).Count, "rows in another network namespace"));
        }
        Memory.ExpectAllFreed();
        Expect.Equal(0, TableRow.Read().Count, "rows after the last connection");
        Counters after = Counters.Read();
        long freed = Freed(after) - Freed(before);
        Expect.True(freed >= count, $"only {freed} addresses were freed");
        report($"all closed, {freed} addresses freed");
    }

    public void Dispose()
    {
        foreach (InjectedConnection client in _clients)
            client.Dispose();
        foreach (Accepted server in _servers)
            server.Dispose();
        _listener.Dispose();
    }

    private static long Freed(Counters counters) => counters["ip4_address_free"] + counters["ip6_address_free"];

    private void Open(int count, Action<string> report)
    {
        long start = Stopwatch.GetTimestamp();
        while (_clients.Count < count)
        {
            ConnectRequest[] requests = [.. Enumerable.Range(_clients.Count, Math.Min(Batch, count - _clients.Count)).Select(Request)];
            _clients.AddRange(_stage.Injector.ConnectMany(requests));
            foreach (ConnectRequest _ in requests)
                _servers.Add(_listener.Accept());
        }
        report($"{count} connections held after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
    }

    /// <summary>A request with a client of either family. Every third one uses IPv6.</summary>
    private ConnectRequest Request(int number)
    {
        AddressFamily family = number % 3 == 0 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var low = (byte)number;
        var high = (byte)(number >> 8);
        var address = new IPAddress(number % 2 == 0
            ? [198, 18, high, low]
            : [0x20, 1, 0x0d, 0xb8, .. new byte[10], high, low]);
        var client = new IPEndPoint(address, 1 + (number >> 16));
        OptionBytes option = OptionBytes.Toa(client);
        IPEndPoint balancer = _stage.NextBalancer(family), server = Stage.ServerEnd(_listener, family);
        _rows.Add(new TableRow(client, balancer, server));
        return new ConnectRequest { Client = balancer, Server = server, Option = option, Timeout = TimeSpan.FromSeconds(60) };
    }

    private void ReadWhileOthersCome(Action<string> report)
    {
        using var others = new Traffic(_stage);
        int made = others.Made;
        for (int reading = 0; reading < Readings || others.Made == made; reading++)
        {
            long start = Stopwatch.GetTimestamp();
            int before = others.Made;
            ExpectAllRows();
            report($"{_rows.Count} rows read in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, while {others.Made - before} others were served");
        }
        others.WaitForMore();
        others.Stop();
    }

    /// <summary>
    /// Expects one correct row for each held connection, although others open and close. With eBPF, the kernel walks its
    /// sockets. If others open and close, this walk can find a socket twice or skip it.
    /// </summary>
    private void ExpectAllRows()
    {
        List<TableRow> rows = [.. TableRow.Read().Where(row => row.Local.Port == _listener.Port)];
        HashSet<TableRow> distinct = [.. rows];
        if (Provider.IsModule)
        {
            Expect.Equal(_rows.Count, rows.Count, "rows of connections that stay");
            Expect.Equal(_rows.Count, distinct.Count, "distinct rows");
        }
        Expect.True(distinct.Count >= _rows.Count * 99 / 100, $"{distinct.Count} of {_rows.Count} connections are shown");
        distinct.ExceptWith(_rows);
        Expect.True(distinct.Count == 0, $"{distinct.Count} rows are wrong: {distinct.FirstOrDefault()}");
    }
}
