using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Internal;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>The NAT64 client has priority. Without one, for whatever reason, the client is the peer.</summary>
public sealed class OrderTests
{
    private const int NotConnected = 107;

    private static readonly IPEndPoint Client = new(IPAddress.Parse("2001:db8::1"), 40000);
    private static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.10"), 5555);

    private static readonly Answer ClientAnswer = Answer.Nat64(Client.Address, Client.Port);
    private static readonly Answer PeerAnswer = Answer.IPv4(Peer.Address, Peer.Port);

    [Fact]
    public void The_nat64_client_goes_before_the_peer()
    {
        new ScriptedCalls { Option = ClientAnswer, PeerName = PeerAnswer }.Ask(out IPEndPoint? found)
            .Should().Be(SocketError.Success);
        found.Should().Be(Client);
    }

    [Fact]
    public void The_peer_is_not_asked_for_where_there_is_a_nat64_client()
    {
        new ScriptedCalls { Option = ClientAnswer, PeerName = Answer.Failure(NotConnected) }.Ask(out IPEndPoint? found)
            .Should().Be(SocketError.Success);
        found.Should().Be(Client);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_accept_named_is_not_asked_for(bool withTransportPeer)
    {
        ToaEndPoint accepted = new(Peer, ToaSource.PeerName);
        ScriptedCalls calls = new() { Option = Answer.Failure(22), PeerName = Answer.Failure(NotConnected) };

        calls.Ask(out ToaResolution missed, withTransportPeer: withTransportPeer, accepted: accepted)
            .Should().Be(SocketError.Success);
        missed.Client.Should().Be(accepted);
        (calls with { Option = ClientAnswer })
            .Ask(out ToaResolution found, withTransportPeer: withTransportPeer, accepted: accepted)
            .Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Client);
        found.TransportPeer.Should().Be(accepted);
    }

    [Fact]
    public void What_accept_named_before_a_provider_was_unloaded_is_not_checked_against_known_proxies()
    {
        ToaEndPoint forged = new(IPEndPoint.Parse("203.0.113.66:6666"), ToaSource.PeerName);
        ScriptedCalls unloaded = new() { Option = Answer.Failure(92), PeerName = PeerAnswer };

        unloaded.Ask(out ToaResolution found, withTransportPeer: true, accepted: forged).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Peer);
        unloaded.Ask(out found, withTransportPeer: false, accepted: forged).Should().Be(SocketError.Success);
        found.Client.Should().Be(forged, "nothing is checked");
    }

    [Theory]
    [InlineData(NotConnected)]
    [InlineData(14)]
    [InlineData(1)]
    public void What_accept_named_is_not_believed_where_the_kernel_may_know_better(int errno)
    {
        ToaEndPoint forged = new(IPEndPoint.Parse("203.0.113.66:6666"), ToaSource.PeerName);
        ScriptedCalls calls = new() { Info = Answer.Failure(errno), Option = Answer.Failure(errno), PeerName = PeerAnswer };

        calls.Ask(out ToaResolution found, accepted: forged).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Peer);
        (calls with { PeerName = Answer.Failure(NotConnected) }).Ask(out _, accepted: forged)
            .Should().Be(SocketError.NotConnected, "the connection was reset");
    }

    [Fact]
    public void A_provider_that_has_just_been_loaded_is_asked_where_it_is_to_be_checked()
    {
        OptionSupport providers = new();
        ScriptedCalls none = new() { Providers = providers, Option = Answer.Failure(92), PeerName = PeerAnswer };
        none.Ask(out ToaResolution _).Should().Be(SocketError.Success);
        ScriptedCalls loaded = none with
        {
            Info = Answer.Info(200, 8, IPEndPoint.Parse("203.0.113.66:6666"), Peer), Option = Answer.Failure(14),
            PeerName = Answer.IPv4(IPAddress.Parse("203.0.113.66"), 6666),
        };

        loaded.Ask(out ToaResolution found, withTransportPeer: true).Should().Be(SocketError.Success);

        found.TransportPeer.ToIPEndPoint().Should().Be(Peer);
    }

    [Fact]
    public void What_an_unbelievable_answer_left_behind_is_not_taken_for_the_peer()
    {
        Answer leftover = Answer.IPv4(Peer.Address, Peer.Port) with { Length = 19 };
        Answer success = new(0, [], 28);

        new ScriptedCalls { Option = leftover, PeerName = success }.Ask(out IPEndPoint? found)
            .Should().Be(SocketError.AddressFamilyNotSupported);
        found.Should().BeNull();
    }
}
