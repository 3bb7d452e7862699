using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>Sockets without a client: Get throws an exception with the reason, Try returns false.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Null()
    {
        Socket socket = null!;

        FluentActions.Invoking(() => socket.GetRealRemoteEndPoint())
            .Should().Throw<ArgumentNullException>().WithParameterName("socket");
        FluentActions.Invoking(() => socket.TryGetRealRemoteEndPoint(out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("socket");
    }

    [Fact]
    public void Udp()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, 9);

        ShouldNotBeTcp(socket, "TOA requires a TCP socket*InterNetwork Dgram Udp*");
    }

    [Fact]
    public void Unix_domain()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        using Socket server = listener.Accept();

        ShouldNotBeTcp(server, "TOA requires a TCP socket*Unix Stream*");
    }

    [Fact]
    public void Listening()
    {
        using Socket socket = TcpConnection.Listen(IPAddress.Loopback);

        ShouldNotBeConnected(socket);
    }

    [Fact]
    public void Listening_in_dual_mode()
    {
        using Socket socket = TcpConnection.Listen(IPAddress.Loopback.MapToIPv6(), dualMode: true);

        ShouldNotBeConnected(socket);
    }

    [Fact]
    public void Never_connected()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        ShouldNotBeConnected(socket);
    }

    [Fact]
    public void Bound_but_never_connected()
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        ShouldNotBeConnected(socket);
    }

    [Fact]
    public void Reset_by_the_client()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.ResetByClient();

        connection.Server.Connected.Should().BeTrue("the socket itself does not know yet: the kernel is what answers");
        ShouldNotBeConnected(connection.Server);
    }

    [Fact]
    public void Reset_by_the_client_and_noticed()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();
        connection.ResetByClient();
        connection.Server.Invoking(s => s.Receive(new byte[1])).Should().Throw<SocketException>();

        ShouldNotBeConnected(connection.Server);
    }

    [Fact]
    public void Closed()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.CloseServer();

        ShouldBeClosed(connection.Server);
    }

    [Fact]
    public void Closed_without_having_been_connected()
    {
        Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();

        ShouldBeClosed(socket);
    }

    [Fact]
    public void Asking_an_unconnected_socket_leaves_it_as_it_was()
    {
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.TryGetRealRemoteEndPoint(out _).Should().BeFalse();

        // A socket that has exposed its handle does not try a second address. The first address has no listener.
        socket.Connect([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback], ((IPEndPoint)listener.LocalEndPoint!).Port);

        socket.GetRealRemoteEndPoint().Should().Be(listener.LocalEndPoint);
    }

    private static void ShouldNotBeTcp(Socket socket, string message)
    {
        socket.Invoking(s => s.GetRealRemoteEndPoint()).Should().Throw<NotSupportedException>().WithMessage(message);
        ShouldFindNothing(socket);
    }

    private static void ShouldNotBeConnected(Socket socket)
    {
        socket.Invoking(s => s.GetRealRemoteEndPoint())
            .Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.NotConnected);
        ShouldFindNothing(socket);
    }

    private static void ShouldBeClosed(Socket socket)
    {
        socket.Invoking(s => s.GetRealRemoteEndPoint()).Should().Throw<ObjectDisposedException>();
        ShouldFindNothing(socket);
    }

    private static void ShouldFindNothing(Socket socket)
    {
        socket.TryGetRealRemoteEndPoint(out IPEndPoint? found).Should().BeFalse();
        found.Should().BeNull();
    }
}
