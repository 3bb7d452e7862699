using System.Net.Sockets;
using FluentAssertions;
using Toa.Internal;
using Xunit;

namespace Toa.Tests.Lookup;

public sealed class TcpSocketTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)]
    [InlineData(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified)]
    [InlineData(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Unknown)] // Multipath TCP
    public void Streams_over_IP_are_TCP(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        TcpSocket.Is(family, type, protocol).Should().BeTrue();
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)]
    [InlineData(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Unspecified)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Tcp)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Udp)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Unknown, ProtocolType.Tcp)]
    [InlineData(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)]
    [InlineData(AddressFamily.Unknown, SocketType.Stream, ProtocolType.Tcp)]
    public void Everything_else_is_not(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        TcpSocket.Is(family, type, protocol).Should().BeFalse();
    }
}
