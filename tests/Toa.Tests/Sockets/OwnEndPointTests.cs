using System;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Internal;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>The results on systems other than Linux. The tests run on every system.</summary>
public sealed class OwnEndPointTests
{
    [Fact]
    public void It_is_the_socket_s_own()
    {
        using TcpConnection connection = TcpConnection.IPv6();

        PeerLookup.AskSocket(connection.Server, out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        found.Client.Source.Should().Be(ToaSource.Socket);
        found.TransportPeer.Should().Be(found.Client);
        found.FallbackReason.Should().Be(ToaFallbackReason.NotLinux);
    }

    [Fact]
    public void A_mapped_one_comes_out_as_IPv4()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();

        PeerLookup.AskSocket(connection.Server, out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        found.Client.ToRawIPEndPoint().Should().Be(connection.Server.RemoteEndPoint);
    }

    [Fact]
    public void Without_one_the_socket_is_not_connected()
    {
        using Socket socket = TcpConnection.Listen(IPAddress.Loopback);

        PeerLookup.AskSocket(socket, out ToaResolution found).Should().Be(SocketError.NotConnected);
        found.Client.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void Another_kernel_than_Linux_is_never_asked()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        // Its calls would throw, because the socket has another descriptor.
        ScriptedCalls kernel = new() { IsLinux = false };
        ToaResolver resolver = new(new ToaOptions { KnownProxies = { IPAddress.Parse("10.0.0.1") } });
        ToaResolver strictResolver = new(new ToaOptions { WhenNoProvider = ToaAction.Refuse });

        PeerLookup.Get(connection.Server, false, kernel, out ToaResolution got);
        got.Client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        PeerLookup.TryGet(connection.Server, true, accepted: default, kernel, out ToaResolution found).Should().BeTrue();
        found.Client.Source.Should().Be(ToaSource.Socket);
        resolver.Resolve(connection.Server, kernel).Trust.Should().Be(ToaTrust.Untrusted);
        strictResolver.TryResolve(connection.Server, accepted: default, kernel, out found).Should().BeFalse();
        found.FallbackReason.Should().Be(ToaFallbackReason.NotLinux);
        ProviderAnswers.Ask(kernel).Should().Be(default(ProviderAnswers));
    }

    [Fact]
    public void A_closed_socket_says_so()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.CloseServer();

        connection.Server.Invoking(s => PeerLookup.AskSocket(s, out _)).Should().Throw<ObjectDisposedException>();
    }
}
