using System;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Internal;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>A resolver on sockets, on a kernel without a provider.</summary>
public sealed class ToaResolverTests
{
    private readonly ToaOptions _options = new();

    [Fact]
    public void The_client_is_the_peer()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();
        ToaResolver resolver = new(_options);

        resolver.Resolve(connection.Server).Client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
        resolver.TryResolve(connection.Server, out ToaResolution found).Should().BeTrue();
        found.Client.ToRawIPEndPoint().Should().Be(connection.Server.RemoteEndPoint);
    }

    [Fact]
    public void A_server_that_holds_the_answer_of_accept_need_not_ask_for_it()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();
        ToaResolver resolver = new(_options);
        IPEndPoint accepted = IPEndPoint.Parse("[::ffff:192.0.2.10]:5555");

        resolver.TryResolve(connection.Server, accepted, out ToaResolution found).Should().BeTrue();
        found.Client.Should().Be(new ToaEndPoint(IPEndPoint.Parse("192.0.2.10:5555"), ToaSource.PeerName));
        found.Client.ToRawIPEndPoint().Should().Be(accepted);
        found.Client.Source.Should().Be(ToaSource.PeerName);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
        resolver.Invoking(r => r.TryResolve(null!, accepted, out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("socket");
    }

    [Fact]
    public void A_refused_connection_says_why()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        _options.WhenNoProvider = ToaAction.Refuse;
        ToaResolver resolver = new(_options);

        resolver.Invoking(r => r.Resolve(connection.Server))
            .Should().Throw<ToaRefusedException>().Which.Resolution.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
        resolver.TryResolve(connection.Server, out ToaResolution found).Should().BeFalse();
        found.Client.ToIPEndPoint().Should().Be(connection.ClientEndPoint);
    }

    [Fact]
    public void The_transport_peer_is_asked_for_where_it_is_to_be_checked()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        IPEndPoint balancer = IPEndPoint.Parse("10.1.2.3:1024");
        ScriptedCalls otherVendor = new()
        {
            Descriptor = connection.Server.Handle,
            Option = Answer.Nat64(IPAddress.Parse("2001:db8::1"), 40000),
            PeerName = Answer.IPv4(balancer.Address, balancer.Port),
        };
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        foreach (ToaResolver resolver in new[] { new ToaResolver(_options), new ToaResolver(new ToaOptions()) })
        {
            ToaResolution resolved = resolver.Resolve(connection.Server, otherVendor);
            resolver.TryResolve(connection.Server, accepted: default, otherVendor, out ToaResolution found).Should().BeTrue();
            found.Should().Be(resolved);
            found.Client.ToString().Should().Be("[2001:db8::1]:40000");
            found.TransportPeer.ToString().Should().Be(found.Trust == ToaTrust.Trusted ? "10.1.2.3:1024" : "");
        }
    }

    [Theory]
    [InlineData(false, ToaTrust.Trusted)]
    [InlineData(true, ToaTrust.Unknown)]
    public void A_name_proves_nothing_where_a_module_rewrites_names_and_answers_nothing(bool isRewriterLoaded, ToaTrust expected)
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls namesOnly = new()
        {
            Descriptor = connection.Server.Handle,
            MayRewriteNames = isRewriterLoaded,
            Option = Answer.Failure(Errno.UnknownOption),
            Info = Answer.Failure(Errno.UnknownOption),
            // An address that a client may have forged.
            PeerName = Answer.IPv4(IPAddress.Parse("10.1.2.3"), 1024),
        };
        _options.KnownIPNetworks.Add("10.0.0.0/8");
        _options.WhenUntrusted = ToaAction.Refuse;

        new ToaResolver(_options).TryResolve(connection.Server, accepted: default, namesOnly, out ToaResolution found)
            .Should().Be(expected == ToaTrust.Trusted);

        found.Trust.Should().Be(expected);
        found.Client.ToString().Should().Be("10.1.2.3:1024");
    }

    [Fact]
    public void A_connection_that_is_closed_during_the_lookup_cannot_be_checked()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.CloseServer();
        ToaResolution found = new(new ToaEndPoint(connection.ClientEndPoint, ToaSource.PeerName), default, ToaFallbackReason.NoProvider);
        ToaResolution before = found;

        PeerLookup.AddTransportPeer(connection.Server, new ScriptedCalls(), ref found);

        found.Should().Be(before);
    }

    [Fact]
    public void Other_options_are_taken_at_once()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ToaResolver resolver = new(_options);
        resolver.Resolve(connection.Server).Trust.Should().Be(ToaTrust.NotChecked);

        resolver.Update(new ToaOptions { KnownProxies = { "127.0.0.1" }, WhenUntrusted = ToaAction.Refuse });
        resolver.Resolve(connection.Server).Trust.Should().Be(ToaTrust.Trusted);

        resolver.Update(new ToaOptions { KnownProxies = { "192.0.2.10" }, WhenUntrusted = ToaAction.Refuse });
        resolver.TryResolve(connection.Server, out ToaResolution found).Should().BeFalse();
        found.Trust.Should().Be(ToaTrust.Untrusted);
    }

    [Fact]
    public void Options_that_would_switch_the_checks_off_are_not_taken()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ToaResolver checksPeers = new(new ToaOptions { KnownProxies = { "192.0.2.10" }, WhenUntrusted = ToaAction.Refuse });
        ToaResolver needsProvider = new(new ToaOptions { WhenNoProvider = ToaAction.Refuse });

        checksPeers.Invoking(r => r.Update(new ToaOptions()))
            .Should().Throw<ArgumentException>().WithMessage("The new options have no known proxies*restart*");
        needsProvider.Invoking(r => r.Update(new ToaOptions()))
            .Should().Throw<ArgumentException>().WithMessage("With the new options, no connection would be refused*restart*");

        foreach (ToaResolver resolver in new[] { checksPeers, needsProvider })
            resolver.TryResolve(connection.Server, out _).Should().BeFalse("the earlier options stay");
    }

    [Fact]
    public void The_options_are_copied()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ToaResolver resolver = new(_options);
        _options.WhenNoProvider = ToaAction.Refuse;
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        resolver.Resolve(connection.Server).Trust.Should().Be(ToaTrust.NotChecked);
    }

    [Fact]
    public void Sockets_that_have_no_client()
    {
        ToaResolver resolver = new(_options);
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Dispose();

        resolver.Invoking(r => r.Resolve(null!)).Should().Throw<ArgumentNullException>().WithParameterName("socket");
        resolver.Invoking(r => r.TryResolve(null!, out _)).Should().Throw<ArgumentNullException>().WithParameterName("socket");
        resolver.Invoking(r => r.Resolve(udp)).Should().Throw<NotSupportedException>();
        resolver.Invoking(r => r.Resolve(listener))
            .Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.NotConnected);
        resolver.Invoking(r => r.Resolve(closed)).Should().Throw<ObjectDisposedException>();
        foreach (Socket socket in new[] { udp, listener, closed })
        {
            resolver.TryResolve(socket, out ToaResolution found).Should().BeFalse();
            found.Client.Source.Should().Be(ToaSource.None);
        }
    }

    [Fact]
    public void Empty_entries_are_named()
    {
        _options.KnownProxies.Add((string)null!);

        FluentActions.Invoking(() => new ToaResolver(_options))
            .Should().Throw<ArgumentException>().WithMessage("KnownProxies contains an empty entry*");
        FluentActions.Invoking(() => new ToaResolver(null!))
            .Should().Throw<ArgumentNullException>().WithParameterName("options");
    }
}
