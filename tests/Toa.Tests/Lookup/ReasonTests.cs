using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>
/// The results of a lookup with other vendors' providers: the reason for a missing TOA option, and the transport peer.
/// </summary>
public sealed class ReasonTests
{
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    private static readonly IPEndPoint Client = IPEndPoint.Parse("[2001:db8::1]:40000");

    private static readonly Answer BalancerName = Answer.IPv4(Balancer.Address, Balancer.Port);

    [Theory]
    [InlineData(92, ToaFallbackReason.NoProvider)]
    [InlineData(22, ToaFallbackReason.NoOption)]
    [InlineData(14, ToaFallbackReason.None)]
    [InlineData(107, ToaFallbackReason.LookupDenied)]
    [InlineData(95, ToaFallbackReason.LookupDenied)]
    [InlineData(1, ToaFallbackReason.LookupDenied)]
    public void The_errno_is_the_reason(int errno, ToaFallbackReason expected)
    {
        ToaResolution found = Ask(Answer.Failure(errno));

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.Client.Source.Should().Be(ToaSource.PeerName);
        found.FallbackReason.Should().Be(expected);
    }

    [Fact]
    public void An_answer_that_is_no_client_is_unusable()
    {
        Ask(Answer.Nat64(Client.Address, 0)).FallbackReason.Should().Be(ToaFallbackReason.UnusableAnswer);
        Ask(Answer.Nat64(Client.Address, Client.Port) with { Length = 19 }).FallbackReason
            .Should().Be(ToaFallbackReason.UnusableAnswer);
    }

    [Fact]
    public void The_transport_peer_is_asked_for_only_on_demand()
    {
        Ask(Answer.Nat64(Client.Address, Client.Port)).TransportPeer.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void The_transport_peer_of_an_IPv6_client_is_the_peer_s_name()
    {
        ToaResolution found = Ask(Answer.Nat64(Client.Address, Client.Port), withTransportPeer: true);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
    }

    [Fact]
    public void A_name_that_was_rewritten_to_the_client_is_no_transport_peer()
    {
        ToaResolution found = Ask(
            Answer.Nat64(Client.Address, Client.Port), Answer.IPv6(Client.Address, Client.Port), withTransportPeer: true);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.TransportPeer.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void Without_a_name_the_client_is_still_one()
    {
        ToaResolution found = Ask(Answer.Nat64(Client.Address, Client.Port), Answer.Failure(107), withTransportPeer: true);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.TransportPeer.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void A_name_without_an_option_is_never_taken_for_the_transport_peer()
    {
        Ask(Answer.Failure(22), withTransportPeer: true).TransportPeer.Source.Should().Be(ToaSource.None);
    }

    private static ToaResolution Ask(Answer option, Answer? name = null, bool withTransportPeer = false)
    {
        new ScriptedCalls { Option = option, PeerName = name ?? BalancerName }
            .Ask(out ToaResolution found, withTransportPeer: withTransportPeer).Should().Be(SocketError.Success);
        return found;
    }
}
