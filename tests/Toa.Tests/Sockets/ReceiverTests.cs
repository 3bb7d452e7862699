using System;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>Lookups of other types: TcpClient, and the struct.</summary>
public sealed class ReceiverTests
{
    [Fact]
    public void A_TcpClient_is_asked_through_its_socket()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();
        using TcpClient accepted = new() { Client = connection.Server };

        accepted.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
        accepted.TryGetRealRemoteEndPoint(out IPEndPoint? found).Should().BeTrue();
        found.Should().Be(connection.ClientEndPoint);
        accepted.GetRealClient().ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        accepted.TryGetRealClient(out ToaEndPoint client).Should().BeTrue();
        client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void A_closed_TcpClient_says_so()
    {
        TcpClient closed = new();
        closed.Dispose();

        closed.Invoking(c => c.GetRealRemoteEndPoint()).Should().Throw<ObjectDisposedException>();
        closed.TryGetRealRemoteEndPoint(out IPEndPoint? found).Should().BeFalse();
        found.Should().BeNull();
        closed.Invoking(c => c.GetRealClient()).Should().Throw<ObjectDisposedException>();
        closed.TryGetRealClient(out ToaEndPoint client).Should().BeFalse();
        client.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void No_TcpClient()
    {
        TcpClient none = null!;

        FluentActions.Invoking(() => none.GetRealRemoteEndPoint())
            .Should().Throw<ArgumentNullException>().WithParameterName("connection");
        FluentActions.Invoking(() => none.TryGetRealRemoteEndPoint(out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("connection");
        FluentActions.Invoking(() => none.GetRealClient())
            .Should().Throw<ArgumentNullException>().WithParameterName("connection");
        FluentActions.Invoking(() => none.TryGetRealClient(out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("connection");
    }

    [Fact]
    public void The_struct_tells_the_same_and_more()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();

        ToaEndPoint client = connection.Server.GetRealClient();

        client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        client.ToRawIPEndPoint().Should().Be(connection.Server.RemoteEndPoint);
        client.Source.Should().Be(ToaSource.PeerName);
        connection.Server.TryGetRealClient(out ToaEndPoint found).Should().BeTrue();
        found.Should().Be(client);
    }

    [Fact]
    public void The_struct_of_no_connection_is_nobody()
    {
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);

        listener.Invoking(l => l.GetRealClient()).Should().Throw<SocketException>();
        listener.TryGetRealClient(out ToaEndPoint client).Should().BeFalse();
        client.Source.Should().Be(ToaSource.None);
    }
}
