using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Randomized;

/// <summary>
/// Opens connections with random option bytes. Compares each with the model, and all together with the counters.
/// </summary>
internal sealed class RandomRun : IDisposable
{
    public const int Batch = 64;
    private const int ReportEvery = 10_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Stage _stage;
    private readonly int _seed;
    private readonly Listener _ipv4 = new(IPAddress.Any);
    private readonly Listener _dualMode = new(IPAddress.IPv6Any);
    private readonly BrokenLists _broken;
    private readonly Dictionary<IPEndPoint, RandomConnection> _served = [];

    private RandomRun(Stage stage, int seed)
    {
        _stage = stage;
        _seed = seed;
        _broken = BrokenLists.Ask(stage);
    }

    /// <param name="stage">The stage of the run.</param>
    /// <param name="seed">The seed of all random values.</param>
    /// <param name="first">The number of the first connection, so that a failed connection can be repeated alone.</param>
    /// <param name="count">The number of connections.</param>
    /// <param name="report">Receives a line from time to time.</param>
    public static void Run(Stage stage, int seed, int first, int count, Action<string> report)
    {
        using var run = new RandomRun(stage, seed);
        run.Run(first, count, report);
    }

    public void Dispose()
    {
        _ipv4.Dispose();
        _dualMode.Dispose();
    }

    private void Run(int first, int count, Action<string> report)
    {
        KernelLog log = KernelLog.Mark();
        long start = Stopwatch.GetTimestamp();
        var tally = new Tally();
        for (int done = 0; done < count;)
        {
            int number = first + done;
            int size = Math.Min(count - done, Batch - number % Batch);
            RunBatch(number, size, tally);
            done += size;
            if (done / ReportEvery != (done - size) / ReportEvery || done == count)
            {
                tally.ExpectCounters();
                report($"{done} of {count} connections, {done / Stopwatch.GetElapsedTime(start).TotalSeconds:0} a second");
            }
        }
        Memory.ExpectAllFreed();
        log.ExpectNothingNew();
        report(tally.ToString());
    }

    private void RunBatch(int first, int size, Tally tally)
    {
        // With a SYN cookie, another function of the kernel creates the child socket.
        bool cookies = first / Batch % 8 == 7;
        using Setting? always = cookies ? Setting.Sysctl("net/ipv4/tcp_syncookies", "2") : null;

        using Setting formats = Setting.Provider("formats", ModelFormat.Sets[first / Batch % ModelFormat.Sets.Length].Setting);

        RandomConnection[] connections = [.. Enumerable.Range(first, size).Select(number => new RandomConnection(_seed, number))];
        InjectedConnection[] clients = _stage.Injector.ConnectMany([.. connections.Select(connection => Request(connection, cookies))], pending: 16);
        var waiting = new Dictionary<IPEndPoint, (RandomConnection Connection, InjectedConnection Client)>();
        for (int i = 0; i < size; i++)
        {
            // The kernel of TencentOS 3 never agrees to timestamps over IPv6.
            connections[i].Timestamps = clients[i].UsesTimestamps;
            if (_broken.AreDropped(connections[i]))
            {
                clients[i].Dispose();
                tally.AddDropped();
            }
            else
            {
                waiting.Add(clients[i].Client, (connections[i], clients[i]));
            }
        }

        foreach (Listener listener in waiting.Values.Select(w => ListenerOf(w.Connection)).ToArray())
        {
            using Accepted server = Accept(listener, waiting.Values.Select(w => w.Connection));
            ToaInfo? info = ToaInfo.Ask(server).Answer;
            if (info is null || !waiting.Remove(info.Peer, out var match))
            {
                string earlier = info is not null && _served.TryGetValue(info.Peer, out RandomConnection? before)
                    ? $"it was served before, as {before}"
                    : "it was never served before";
                throw new ScenarioFailedException($"accept, seed {_seed}: no client of this batch is behind {info}: {earlier}");
            }

            _served[info.Peer] = match.Connection;
            Check(match.Connection, match.Client, server, info);
            tally.Add(match.Connection.Expected, match.Connection.Road);
            // On its way to TIME_WAIT, a socket cannot be found for a moment. If a FIN arrives then, the listener takes it for
            // one more ACK with a valid cookie, and creates another connection. A reset does not have this effect.
            End(cookies ? Ending.ClientResets : match.Connection.Ending, match.Client, server);
        }
    }

    private ConnectRequest Request(RandomConnection connection, bool cookies)
    {
        AddressFamily family = connection.Road == Road.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        OptionBytes options = OptionBytes.Raw(connection.Options);
        return new ConnectRequest
        {
            Client = _stage.NextBalancer(family),
            Server = Stage.ServerEnd(ListenerOf(connection), family),
            Option = connection.OnEverySegment ? options : null,
            AckOptions = options,
            FirstDataOptions = options,
            Placement = connection.Placement,
            UseTimestamps = connection.Timestamps,
            FirstData = connection.DataCompletes ? connection.Data : default,
            // No segment is lost, but a loaded machine is slow. With a SYN cookie, no segment may arrive twice: if it arrives
            // after the server has closed, the kernel takes it for another connection.
            RetransmitAfter = cookies ? s_patience : TimeSpan.FromSeconds(3),
            Timeout = s_patience,
        };
    }

    private Listener ListenerOf(RandomConnection connection) => connection.Road == Road.IPv4 ? _ipv4 : _dualMode;

    private Accepted Accept(Listener listener, IEnumerable<RandomConnection> waiting)
    {
        try
        {
            return listener.Accept();
        }
        catch (TimeoutException)
        {
            throw new ScenarioFailedException(
                $"seed {_seed}: these connections did not reach the server:\n{string.Join('\n', waiting)}");
        }
    }

    private void Check(RandomConnection connection, InjectedConnection client, Accepted server, ToaInfo info)
    {
        Sight seen = Sight.Of(server, info), expected = Sight.Expected(connection.Expected, client.Client);
        if (seen != expected)
        {
            throw new ScenarioFailedException(
                $"seed {_seed}, {connection}\nkernel: {seen}\nmodel: {expected} {connection.Expected.Verdict}");
        }

        if (!connection.SendsData)
            return;
        if (!connection.DataCompletes)
            client.Send(connection.Data);
        byte[] received = server.Receive();
        Expect.True(received.AsSpan().SequenceEqual(connection.Data),
            $"seed {_seed}, {connection}: its data arrived as {Convert.ToHexStringLower(received)}");
    }

    private static void End(Ending ending, InjectedConnection client, Accepted server)
    {
        switch (ending)
        {
            case Ending.ClientResets:
                client.Reset();
                break;
            case Ending.ClientCloses:
                client.CloseOutput();
                server.Dispose();
                break;
            case Ending.ServerCloses:
                server.Dispose();
                client.CloseOutput();
                break;
        }
    }
}
