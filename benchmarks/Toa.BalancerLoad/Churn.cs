using System;
using System.Diagnostics;
using System.Linq;
using System.Net.Sockets;
using System.Threading;

namespace Toa.BalancerLoad;

/// <summary>Short connections: each client sends its port, and then disconnects.</summary>
internal static class Churn
{
    private const int Clients = 8, Servers = 2;

    public static (int Made, TimeSpan Time) Run(Place place, AddressFamily family, TimeSpan time)
    {
        int made = 0;
        int served = 0;
        bool isOver = false;
        Thread[] servers = [.. Enumerable.Range(0, Servers).Select(_ => Start(Serve))];
        long start = Stopwatch.GetTimestamp();
        place.AtClient(() =>
        {
            foreach (Thread client in Enumerable.Range(0, Clients).Select(_ => Start(Visit)).ToArray())
                client.Join();
        });
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        isOver = true;
        // Each server still waits for one more connection.
        place.AtClient(() =>
        {
            for (int i = 0; i < Servers; i++)
                Place.Connect(family).Dispose();
        });
        foreach (Thread server in servers)
            server.Join();
        if (served != made)
            throw new InvalidOperationException($"{made} connections were made, and {served} served");
        return (made, taken);

        void Visit()
        {
            byte[] answer = new byte[1];
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                using Socket socket = Place.Connect(family);
                if (socket.Receive(answer) == 1 && socket.Receive(answer) == 0)
                    Interlocked.Increment(ref made);
            }
        }

        void Serve()
        {
            while (true)
            {
                using Socket socket = place.Accept();
                if (Volatile.Read(ref isOver))
                    return;
                place.Check(socket);
                socket.Send([1]);
                Interlocked.Increment(ref served);
            }
        }
    }

    private static Thread Start(ThreadStart run)
    {
        Thread thread = new(run, maxStackSize: 256 << 10);
        thread.Start();
        return thread;
    }
}
