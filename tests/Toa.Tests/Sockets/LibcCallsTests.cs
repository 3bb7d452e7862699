using System;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>The real system calls, without a simulation.</summary>
public sealed class LibcCallsTests
{
    private const int SocketLevel = 1;
    private const int SocketTypeOption = 3;
    private const int UnknownOption = 0x7ffe;

    private const int BadDescriptor = 9;
    private const int NoProtocolOption = 92;
    private const int NotConnected = 107;

    [Fact]
    public void An_option_s_value_and_length_come_back()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        Span<byte> answer = stackalloc byte[20];

        default(LibcCalls).GetOption(connection.Server.Handle, SocketLevel, SocketTypeOption, answer, out int length)
            .Should().Be(0);
        length.Should().Be(sizeof(int));
        BitConverter.ToInt32(answer).Should().Be((int)SocketType.Stream);
    }

    [Fact]
    public void A_failed_option_gives_its_errno()
    {
        using TcpConnection connection = TcpConnection.IPv4();

        default(LibcCalls).GetOption(connection.Server.Handle, ToaAbi.Level, UnknownOption, stackalloc byte[20], out _)
            .Should().Be(NoProtocolOption);
    }

    [Fact]
    public void A_peer_s_length_comes_back()
    {
        using TcpConnection connection = TcpConnection.IPv6();

        default(LibcCalls).GetPeerName(connection.Server.Handle, stackalloc byte[28], out int length).Should().Be(0);
        length.Should().Be(28);
    }

    [Fact]
    public void A_failed_peer_name_gives_its_errno()
    {
        using Socket unconnected = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        default(LibcCalls).GetPeerName(unconnected.Handle, stackalloc byte[28], out _).Should().Be(NotConnected);
        default(LibcCalls).GetPeerName(-1, stackalloc byte[28], out _).Should().Be(BadDescriptor);
    }
}
