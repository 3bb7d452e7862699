using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Toa.Scenarios;

/// <summary>
/// The complete path in one run: clients of both families, the balancer, the module, <c>toa listen</c>, and the line that the
/// server prints for each client.
/// </summary>
internal static class Demo
{
    private static readonly (AddressFamily Family, string Way)[] s_ways =
        [(AddressFamily.InterNetworkV6, "NAT64, option 253/20"), (AddressFamily.InterNetwork, "full NAT, option 200/8")];

    /// <param name="until">
    /// Clients connect until this file exists, while the first ones stay connected, and at the end the provider must still know
    /// them. Null: one client of each family.
    /// </param>
    public static void Run(string? until)
    {
        using var network = new BalancedNetwork();
        using ServerProcess server = BalancedNetwork.Serve(Tool.Path, "listen", $"[::]:{BalancedNetwork.Port}");
        Socket[] first = [.. s_ways.Select(way => Show(server, way.Family, way.Way))];
        int served = first.Length;
        while (until is not null && !File.Exists(until))
        {
            foreach ((AddressFamily family, string way) in s_ways)
                Show(server, family, way).Dispose();
            served += s_ways.Length;
        }

        string table = BalancedNetwork.AtServer(() => Provider.Current.ReadTable("thread-self"));
        foreach (Socket socket in first)
        {
            Expect.True(table.Contains($":{((IPEndPoint)socket.LocalEndPoint!).Port} ", StringComparison.Ordinal), $"a client is lost:\n{table}");
            socket.Dispose();
        }

        if (until is not null)
            Console.WriteLine($"{served} clients were served.");
        Expect.Equal(0, server.Stop(), "the server's exit code");
    }

    private static Socket Show(ServerProcess server, AddressFamily family, string way)
    {
        Socket socket = BalancedNetwork.AtClient(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        socket.Connect(BalancedNetwork.VirtualAddress(family));
        Console.WriteLine($"-- client {socket.LocalEndPoint} -> balancer {socket.RemoteEndPoint} ({way}) -> server");
        string line = server.NextLine();
        Console.WriteLine(line);
        IPEndPoint client = (IPEndPoint)socket.LocalEndPoint!;
        Expect.True(line.EndsWith($" [{client.Address}]:{client.Port}", StringComparison.Ordinal), "that is not the client");

        socket.Send("echo"u8);
        byte[] echo = new byte[4];
        for (int length = 0; length < echo.Length;)
            length += socket.Receive(echo.AsSpan(length));
        Expect.Equal("echo", Encoding.ASCII.GetString(echo), "the echo");
        return socket;
    }
}
