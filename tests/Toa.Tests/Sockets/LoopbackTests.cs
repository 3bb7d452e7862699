using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>Connected sockets, on a kernel without a provider: the result is the peer.</summary>
public sealed class LoopbackTests
{
    [Fact]
    public void IPv4_client()
    {
        using TcpConnection connection = TcpConnection.IPv4();

        connection.Server.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void IPv6_client()
    {
        using TcpConnection connection = TcpConnection.IPv6();

        connection.Server.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void IPv4_client_of_a_dual_mode_server()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();

        connection.Server.RemoteEndPoint.Should().Be(
            new IPEndPoint(IPAddress.Loopback.MapToIPv6(), connection.ClientEndPoint.Port),
            "else nothing is tested here");
        connection.Server.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void Try_finds_the_same()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();

        connection.Server.TryGetRealRemoteEndPoint(out IPEndPoint? found).Should().BeTrue();
        found.Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void The_client_s_own_socket_finds_the_server()
    {
        using TcpConnection connection = TcpConnection.IPv6();

        connection.Client.GetRealRemoteEndPoint().Should().Be(connection.Server.LocalEndPoint);
    }

    [Fact]
    public void A_socket_made_without_naming_the_protocol()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();

        server.GetRealRemoteEndPoint().Should().Be(client.LocalEndPoint);
    }

    [Fact]
    public void After_both_sides_have_finished_sending()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.Server.Shutdown(SocketShutdown.Send);
        connection.Client.Poll((int)Deadline.Time.TotalMicroseconds, SelectMode.SelectRead).Should().BeTrue();

        connection.Server.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void Every_call_gives_an_object_of_its_own()
    {
        using TcpConnection connection = TcpConnection.IPv4();

        IPEndPoint first = connection.Server.GetRealRemoteEndPoint();
        first.Port = 1;

        connection.Server.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
        connection.Server.RemoteEndPoint.Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void Every_connection_is_answered_with_its_own_client()
    {
        TcpConnection[] connections = new TcpConnection[200];
        for (int i = 0; i < connections.Length; i++)
            connections[i] = i % 2 == 0 ? TcpConnection.IPv4() : TcpConnection.IPv6();

        foreach (TcpConnection connection in connections)
        {
            using (connection)
                connection.Server.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
        }
    }
}
