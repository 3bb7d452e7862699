using System;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>The lookup of a stream uses its socket.</summary>
public sealed class NetworkStreamTests
{
    [Fact]
    public void An_open_stream()
    {
        using TcpConnection connection = TcpConnection.IPv6();
        using NetworkStream stream = new(connection.Server);

        stream.GetRealRemoteEndPoint().Should().Be(connection.ClientEndPoint);
        stream.TryGetRealRemoteEndPoint(out IPEndPoint? found).Should().BeTrue();
        found.Should().Be(connection.ClientEndPoint);
        stream.GetRealClient().ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        stream.TryGetRealClient(out ToaEndPoint client).Should().BeTrue();
        client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void A_closed_stream()
    {
        using TcpConnection connection = TcpConnection.IPv6();
        NetworkStream stream = new(connection.Server, ownsSocket: true);
        stream.Dispose();

        stream.Invoking(s => s.GetRealRemoteEndPoint()).Should().Throw<ObjectDisposedException>();
        stream.TryGetRealRemoteEndPoint(out IPEndPoint? found).Should().BeFalse();
        found.Should().BeNull();
        stream.Invoking(s => s.GetRealClient()).Should().Throw<ObjectDisposedException>();
        stream.TryGetRealClient(out ToaEndPoint client).Should().BeFalse();
        client.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void No_stream()
    {
        NetworkStream none = null!;

        FluentActions.Invoking(() => none.GetRealRemoteEndPoint())
            .Should().Throw<ArgumentNullException>().WithParameterName("stream");
        FluentActions.Invoking(() => none.TryGetRealRemoteEndPoint(out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("stream");
        FluentActions.Invoking(() => none.GetRealClient())
            .Should().Throw<ArgumentNullException>().WithParameterName("stream");
        FluentActions.Invoking(() => none.TryGetRealClient(out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("stream");
    }
}
