using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Toa.BalancerLoad;

/// <summary>
/// The throughput of a few connections, through the balancer and without it, in turns: other work on the machine then
/// concerns both. Each figure is the median of the runs.
/// </summary>
internal static class Streams
{
    private const int TcpCongestion = 13;
    private const int Runs = 5;
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(2);

    public static StreamsResult Measure(Place place, AddressFamily family, int count, string congestionControl)
    {
        (double Speed, double Cpu)[] through = new (double, double)[Runs];
        (double Speed, double Cpu)[] around = new (double, double)[Runs];
        for (int run = 0; run < Runs; run++)
        {
            through[run] = Once(place, Place.VirtualAddress(family), count, congestionControl);
            around[run] = Once(place, place.Server, count, congestionControl);
        }

        return new StreamsResult(
            Median([.. through.Select(run => run.Speed)]),
            Median([.. around.Select(run => run.Speed)]),
            Median([.. through.Zip(around, (one, other) => one.Speed / other.Speed)]),
            Median([.. through.Select(run => run.Cpu)]));
    }

    private static (double Speed, double Cpu) Once(Place place, IPEndPoint to, int count, string congestionControl)
    {
        TimeSpan cpu = BalancerCpu.Used();
        long start = Stopwatch.GetTimestamp();
        long received = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, count).SelectMany<int, Thread>(_ =>
            [
                new Thread(() => Interlocked.Add(ref received, Receive(place))),
                new Thread(() => place.AtClient(() => Send(to, congestionControl, start))),
            ]),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (received * 8 / seconds / 1e9, (BalancerCpu.Used() - cpu).TotalSeconds / (received / 1e9));
    }

    private static long Receive(Place place)
    {
        using Socket server = place.Accept();
        byte[] buffer = new byte[1 << 20];
        long sum = 0;
        while (server.Receive(buffer) is var length and > 0)
            sum += length;
        return sum;
    }

    private static void Send(IPEndPoint to, string congestionControl, long start)
    {
        using Socket client = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpCongestion, Encoding.ASCII.GetBytes(congestionControl));
        client.Connect(to);
        byte[] buffer = new byte[1 << 20];
        while (Stopwatch.GetElapsedTime(start) < s_time)
            client.Send(buffer);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
