using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Toa.AspNetCore.Internal;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>Connections whose transport peer cannot be checked.</summary>
public sealed class UncheckedTests : PlayedTests
{
    // The address from accept, if a provider has taken it from a forged TOA option.
    private static readonly IPEndPoint Forged = IPEndPoint.Parse("127.0.0.66:6666");

    private readonly ToaOptions _options = new() { KnownIPNetworks = { "127.0.0.0/8" } };

    [Theory]
    [InlineData(ToaAction.Refuse)]
    [InlineData(ToaAction.UseTransportPeer)]
    public void One_that_was_reset_is_ended(ToaAction whenUntrusted)
    {
        _options.WhenUntrusted = whenUntrusted;
        using Socket accepted = AcceptReset();
        DefaultConnectionContext connection = new() { RemoteEndPoint = Forged };
        connection.Features.Set<IConnectionSocketFeature>(new SocketFeature(accepted));

        ConnectionClient.TrySet(connection, new ToaResolver(_options)).Should().BeFalse();

        connection.Features.Get<IToaFeature>().Should().BeNull();
    }

    [Theory]
    [InlineData(ToaAction.Refuse, false)]
    [InlineData(ToaAction.UseTransportPeer, true)]
    public void One_without_a_socket_is_not_checked(ToaAction whenUntrusted, bool isServed)
    {
        _options.WhenUntrusted = whenUntrusted;
        DefaultConnectionContext connection = new() { RemoteEndPoint = Forged };

        ConnectionClient.TrySet(connection, new ToaResolver(_options)).Should().Be(isServed);

        connection.RemoteEndPoint.Should().Be(Forged);
        if (isServed)
            connection.Features.Get<IToaFeature>()!.Resolution.Trust.Should().Be(ToaTrust.Unknown);
    }

    public static TheoryData<EndPoint?, EndPoint?, bool> WithoutAddress => new()
    {
        { new UnixDomainSocketEndPoint("/tmp/toa"), null, true },
        { null, new UnixDomainSocketEndPoint("/tmp/toa"), true },
        { null, new NamedPipeEndPoint("toa"), true },
        { null, null, false },
        { null, new IPEndPoint(IPAddress.Loopback, 80), false },
        { new DnsEndPoint("client.example", 80), null, false },
    };

    [Theory]
    [MemberData(nameof(WithoutAddress))]
    public void One_without_an_address_is_of_this_machine_or_cannot_be_checked(EndPoint? remote, EndPoint? local, bool isServed)
    {
        DefaultConnectionContext connection = new() { RemoteEndPoint = remote, LocalEndPoint = local };

        ConnectionClient.TrySet(connection, new ToaResolver(_options)).Should().BeTrue("nothing is refused");
        _options.WhenUntrusted = ToaAction.Refuse;
        ConnectionClient.TrySet(connection, new ToaResolver(_options)).Should().Be(isServed);

        connection.RemoteEndPoint.Should().Be(remote);
        connection.Features.Get<IToaFeature>().Should().BeNull();
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)]
    [InlineData(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)]
    public void One_whose_socket_is_not_TCP_s_counts_as_one_without_a_socket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        using Socket socket = new(family, type, protocol);
        DefaultConnectionContext connection = new() { RemoteEndPoint = Forged };
        connection.Features.Set<IConnectionSocketFeature>(new SocketFeature(socket));

        ConnectionClient.TrySet(connection, new ToaResolver(new ToaOptions())).Should().BeTrue();
        connection.Features.Get<IToaFeature>()!.Resolution.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);

        _options.WhenUntrusted = ToaAction.Refuse;
        ConnectionClient.TrySet(connection, new ToaResolver(_options)).Should().BeFalse();
    }

    /// <summary>Accepts a connection that has a TOA option and is reset before the lookup.</summary>
    private static Socket AcceptReset()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(Stage.Nat64, 0));
        listener.Listen();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        Socket accepted = listener.Accept();
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        accepted.Invoking(socket => socket.Receive(new byte[1])).Should().Throw<SocketException>();
        return accepted;
    }

    private sealed class SocketFeature(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket => socket;
    }
}
