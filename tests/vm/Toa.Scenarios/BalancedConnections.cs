using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Scenarios;

/// <summary>
/// Many short connections from clients to a server behind the balancer. Each client sends its own address, and the server
/// compares it with the address from the kernel.
/// </summary>
internal sealed class BalancedConnections
{
    private const int AtATime = 48;
    private const int Patience = 300_000;

    private readonly ConcurrentQueue<string> _problems = new();
    private int _right;
    private int _others;
    private int _left;

    private BalancedConnections(int count) => _left = count;

    /// <summary>The number of connections for which the server saw the client.</summary>
    public int Right => _right;

    /// <summary>The number of connections for which it saw another address that is allowed.</summary>
    public int Others => _others;

    /// <summary>
    /// Opens connections of both families in turn. Fails if the server sees neither the client nor an allowed address.
    /// </summary>
    /// <param name="count">The number of connections.</param>
    /// <param name="isOther">Whether a client, the first argument, may be seen with another address, the second one.</param>
    public static BalancedConnections Run(int count, Func<IPEndPoint, IPEndPoint, bool> isOther)
    {
        // Otherwise the kernel repeats a lost last FIN for 100 s, to a balancer that has ended, and the socket's address stays
        // stored.
        BalancedNetwork.RunAtServer("sysctl", "-w", "net.ipv4.tcp_orphan_retries=2");
        BalancedConnections connections = new(count);
        using Socket listener = BalancedNetwork.AtServer(Listen);
        using var stop = new CancellationTokenSource();
        Task accepting = connections.AcceptAsync(listener, isOther, stop.Token);
        BalancedNetwork.AtClient(() =>
        {
            Thread[] clients = [.. Enumerable.Range(0, AtATime).Select(number => new Thread(() => connections.Visit(number)))];
            foreach (Thread client in clients)
                client.Start();
            foreach (Thread client in clients)
                client.Join();
            return 0;
        });
        stop.Cancel();
        accepting.Wait();
        Expect.True(connections._problems.IsEmpty, string.Join('\n', connections._problems.Take(10)));
        Expect.Equal(count, connections.Right + connections.Others, "connections of which the server saw one of the two");
        return connections;
    }

    private static Socket Listen()
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, BalancedNetwork.Port));
        socket.Listen(4096);
        return socket;
    }

    private void Visit(int number)
    {
        byte[] answer = new byte[1];
        for (int i = number; Interlocked.Decrement(ref _left) >= 0; i++)
        {
            AddressFamily family = i % 2 == 0 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            using Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = Patience };
            long start = Stopwatch.GetTimestamp();
            try
            {
                socket.Connect(BalancedNetwork.VirtualAddress(family));
                socket.Send(Encoding.ASCII.GetBytes($"{socket.LocalEndPoint}\n"));
                if (socket.Receive(answer) != 1)
                    _problems.Enqueue($"the server closed without an answer to {socket.LocalEndPoint}");
            }
            catch (SocketException exception)
            {
                string who = socket.Connected ? $"the client {socket.LocalEndPoint}, connected," : $"a client of {family}, connecting,";
                _problems.Enqueue($"{who} failed after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s: {exception.Message}");
            }
        }
    }

    private async Task AcceptAsync(Socket listener, Func<IPEndPoint, IPEndPoint, bool> isOther, CancellationToken stop)
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync(stop);
                serving.Add(Task.Run(() => Serve(socket, isOther), CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private void Serve(Socket socket, Func<IPEndPoint, IPEndPoint, bool> isOther)
    {
        using Socket ownedHere = socket;
        socket.ReceiveTimeout = Patience;
        try
        {
            byte[] buffer = new byte[100];
            int length = 0;
            while (length == 0 || buffer[length - 1] != '\n')
            {
                int received = socket.Receive(buffer.AsSpan(length));
                // The client gave up, and reports that itself.
                if (received == 0)
                    return;
                length += received;
            }
            IPEndPoint client = IPEndPoint.Parse(Encoding.ASCII.GetString(buffer, 0, length - 1));
            IPEndPoint seen = socket.GetRealRemoteEndPoint();
            if (seen.Equals(client))
                Interlocked.Increment(ref _right);
            else if (isOther(client, seen))
                Interlocked.Increment(ref _others);
            else
                _problems.Enqueue($"the client {client} was taken for {seen}");
            socket.Send([1]);
            // If the server closed first, the socket would be an orphan, which repeats a lost answer only twice.
            while (socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException exception)
        {
            _problems.Enqueue($"the server's end failed: {exception.Message}");
        }
    }
}
