using System;
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
    public static void Run()
    {
        using var network = new BalancedNetwork();
        using ServerProcess server = BalancedNetwork.Serve(Tool.Path, "listen", $"[::]:{BalancedNetwork.Port}");
        Show(server, AddressFamily.InterNetworkV6, "NAT64, option 253/20");
        Show(server, AddressFamily.InterNetwork, "full NAT, option 200/8");
        Expect.Equal(0, server.Stop(), "the server's exit code");
    }

    private static void Show(ServerProcess server, AddressFamily family, string way)
    {
        using Socket socket = BalancedNetwork.AtClient(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
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
    }
}
