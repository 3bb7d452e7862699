using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Toa.BalancerLoad;

/// <summary>The throughput of one connection: the median of several runs.</summary>
internal static class OneStream
{
    private const int Runs = 5;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    public static double Measure(Place place, IPEndPoint to) =>
        Enumerable.Range(0, Runs).Select(_ => Once(place, to)).Order().ElementAt(Runs / 2);

    private static double Once(Place place, IPEndPoint to)
    {
        Task<long> receiving = Task.Run(() =>
        {
            using Socket server = place.Accept();
            byte[] buffer = new byte[1 << 20];
            long sum = 0;
            while (server.Receive(buffer) is var length and > 0)
                sum += length;
            return sum;
        });
        long start = Stopwatch.GetTimestamp();
        place.AtClient(() =>
        {
            using Socket client = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(to);
            byte[] buffer = new byte[1 << 20];
            while (Stopwatch.GetElapsedTime(start) < Time)
                client.Send(buffer);
        });
        return receiving.Result * 8 / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }
}
