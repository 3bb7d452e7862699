using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>Lookups on Alibaba Cloud Linux, whose vtoa answers getsockopt 1348.</summary>
public sealed class VtoaTests
{
    private const int InvalidArgument = 22;

    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.10:5555");
    private static readonly IPEndPoint IPv6Client = IPEndPoint.Parse("[2001:db8::1]:40000");

    private static readonly Answer ClientAnswer = Answer.IPv4(Client.Address, Client.Port);
    private static readonly Answer IPv6ClientAnswer = Answer.IPv6(IPv6Client.Address, IPv6Client.Port);

    /// <summary>The answer of another provider to 4096.</summary>
    private static readonly Answer OtherClientAnswer = Answer.Nat64(IPv6Client.Address, IPv6Client.Port);

    private readonly List<string> _record = [];
    private readonly ScriptedCalls _calls;

    public VtoaTests() =>
        _calls = new ScriptedCalls
        {
            PeerName = Answer.IPv4(Balancer.Address, Balancer.Port), Record = _record, VtoaAnswer = _ => ClientAnswer,
        };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_names_the_client(bool dualMode)
    {
        _calls.Ask(out ToaResolution found, dualMode).Should().Be(SocketError.Success);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.Client.Source.Should().Be(ToaSource.IPv4Option);
        found.Client.IsIPv4MappedToIPv6.Should().Be(dualMode);
        found.Format.Should().Be(ToaFormat.None);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);

        (_calls with { VtoaAnswer = _ => IPv6ClientAnswer }).Ask(out found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(IPv6Client);
        found.Client.Source.Should().Be(ToaSource.IPv6Option);
    }

    [Fact]
    public void Its_transport_peer_is_unknown()
    {
        _calls.Ask(out ToaResolution found, withTransportPeer: true, accepted: new ToaEndPoint(Balancer, ToaSource.PeerName))
            .Should().Be(SocketError.Success);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.TransportPeer.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void Known_proxies_cannot_be_checked()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ToaOptions options = new() { KnownIPNetworks = { "198.51.100.0/24" } };
        ScriptedCalls calls = _calls with { Descriptor = connection.Server.Handle };

        ToaResolution found = new ToaResolver(options).Resolve(connection.Server, calls);
        ToaResolution missed = new ToaResolver(options).Resolve(
            connection.Server, calls with { VtoaAnswer = _ => Answer.Failure(InvalidArgument) });

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.Trust.Should().Be(ToaTrust.Unknown);
        missed.Client.ToIPEndPoint().Should().Be(Balancer);
        missed.Trust.Should().Be(ToaTrust.Unknown, "the name may be from a TOA option");
        options.WhenUnknown = ToaAction.Refuse;
        new ToaResolver(options).Invoking(resolver => resolver.Resolve(connection.Server, calls))
            .Should().Throw<ToaRefusedException>();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(14)]
    [InlineData(22)]
    [InlineData(61)]
    public void Without_an_option_the_client_is_the_name(int errno)
    {
        (_calls with { VtoaAnswer = _ => Answer.Failure(errno) }).Ask(out ToaResolution found).Should().Be(SocketError.Success);

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.Client.Source.Should().Be(ToaSource.PeerName);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(38)]
    [InlineData(95)]
    [InlineData(107)]
    public void A_denied_question_says_nothing(int errno)
    {
        ScriptedCalls denied = _calls with { VtoaAnswer = _ => Answer.Failure(errno) };

        denied.Ask(out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.LookupDenied);

        (denied with { Option = OtherClientAnswer, LookupWithVtoa = new() }).Ask(out found, withTransportPeer: true).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(IPv6Client);
        found.TransportPeer.Source.Should().Be(ToaSource.None, "it may be there");
    }

    public static TheoryData<string, int> Unsound => new()
    {
        { "192.0.2.10:0", 16 }, { "127.0.0.1:5555", 16 }, { "0.0.0.0:5555", 16 }, { "[::1]:40000", 28 }, { "[2001:db8::1]:0", 28 },
        { "192.0.2.10:5555", 15 }, { "[2001:db8::1]:40000", 27 }, { "192.0.2.10:5555", -1 },
    };

    [Theory, MemberData(nameof(Unsound))]
    public void An_answer_that_is_not_a_client_is_not_believed(string client, int length)
    {
        IPEndPoint end = IPEndPoint.Parse(client);
        Answer answer = end.AddressFamily == AddressFamily.InterNetwork
            ? Answer.IPv4(end.Address, end.Port) : Answer.IPv6(end.Address, end.Port);

        (_calls with { VtoaAnswer = _ => answer with { Length = length } }).Ask(out ToaResolution found)
            .Should().Be(SocketError.Success);

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.UnusableAnswer);
    }

    [Fact]
    public void An_answer_that_was_not_written_has_no_client()
    {
        (_calls with { VtoaAnswer = _ => new Answer(0, [], 28) }).Ask(out ToaResolution found).Should().Be(SocketError.Success);

        found.FallbackReason.Should().Be(ToaFallbackReason.UnusableAnswer);
    }

    [Fact]
    public void It_is_asked_before_4096_and_in_place_of_it_if_no_other_provider_answers()
    {
        ScriptedCalls missed = _calls with { VtoaAnswer = _ => Answer.Failure(3) };

        CallsOf(_calls).Should().Equal("4097", "1348 28");
        CallsOf(_calls).Should().Equal("1348 28");
        CallsOf(missed).Should().Equal("1348 28", "4096", "getpeername");
        CallsOf(missed).Should().Equal("1348 28", "getpeername");
        CallsOf(_calls).Should().Equal("1348 28");

        Deadline.WaitUntil(() => _calls.LookupWithVtoa.IsLikely, "the question is worth asking again");
        CallsOf(missed).Should().Contain("4096");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(22)]
    [InlineData(0)] // an answer that is not a client
    public void A_client_of_another_provider_has_no_transport_peer(int errno)
    {
        ToaEndPoint forged = new(IPEndPoint.Parse("10.1.2.3:1024"), ToaSource.PeerName);
        ScriptedCalls calls = _calls with
        {
            VtoaAnswer = _ => new Answer(errno, [], 28), Option = OtherClientAnswer, PeerName = Answer.IPv4(forged.ToIPAddress(), forged.Port),
        };

        foreach (ToaEndPoint accepted in (ToaEndPoint[])[default, forged])
        {
            calls.Ask(out ToaResolution found, withTransportPeer: true, accepted: accepted).Should().Be(SocketError.Success);
            found.Client.ToIPEndPoint().Should().Be(IPv6Client);
            found.FallbackReason.Should().Be(ToaFallbackReason.None);
            found.TransportPeer.Source.Should().Be(ToaSource.None, "vtoa may have rewritten the name");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forged_name_of_a_known_proxy_is_not_trusted(bool isClient)
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ToaOptions options = new() { KnownIPNetworks = { "10.0.0.0/8" } };
        IPEndPoint proxy = IPEndPoint.Parse("10.1.2.3:1024");
        ScriptedCalls calls = _calls with
        {
            Descriptor = connection.Server.Handle,
            VtoaAnswer = _ => isClient ? Answer.IPv4(proxy.Address, proxy.Port) : Answer.Failure(InvalidArgument),
            Option = OtherClientAnswer,
            PeerName = Answer.IPv4(proxy.Address, proxy.Port),
        };

        new ToaResolver(options).Resolve(connection.Server, calls).Trust.Should().Be(ToaTrust.Unknown);
        options.WhenUntrusted = ToaAction.Refuse;
        new ToaResolver(options).TryResolve(connection.Server, new ToaEndPoint(proxy, ToaSource.PeerName), calls, out _)
            .Should().BeFalse();
    }

    [Theory]
    [InlineData(22, ToaFallbackReason.NoOption)]
    [InlineData(92, ToaFallbackReason.NoOption)]
    [InlineData(14, ToaFallbackReason.None)] // the name is the client of a TOA option
    [InlineData(1, ToaFallbackReason.LookupDenied)]
    public void Without_a_client_of_either(int errno, ToaFallbackReason expected)
    {
        ScriptedCalls calls = _calls with { VtoaAnswer = _ => Answer.Failure(61), Option = Answer.Failure(errno) };

        calls.Ask(out ToaResolution found, withTransportPeer: true).Should().Be(SocketError.Success);

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(expected);
        found.TransportPeer.Source.Should().Be(ToaSource.None);
    }

    [Fact]
    public void A_kernel_without_it_is_not_asked_again_at_once()
    {
        ScriptedCalls without = _calls with { VtoaAnswer = null };

        CallsOf(without).Should().Equal("4097", "1348 28", "4096", "getpeername");
        CallsOf(without).Should().Equal("4096", "getpeername");
        _calls.LookupWithVtoa.IsLikely.Should().BeTrue("it is not used without vtoa");

        Deadline.WaitUntil(() => _calls.Vtoa.IsLikely, "the question is worth asking again");
        _calls.Ask(out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Client);
    }

    [Fact]
    public void With_another_provider_alone_the_name_is_the_transport_peer()
    {
        ScriptedCalls other = _calls with { VtoaAnswer = null, Option = OtherClientAnswer };

        for (int i = 0; i < 2; i++)
        {
            other.Ask(out ToaResolution found, withTransportPeer: true).Should().Be(SocketError.Success);
            found.Client.ToIPEndPoint().Should().Be(IPv6Client);
            found.FallbackReason.Should().Be(ToaFallbackReason.None);
            found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        }

        CallsOf(other).Should().Equal("4096");
    }

    [Fact]
    public void After_it_was_unloaded_nothing_more_is_asked()
    {
        ScriptedCalls unloaded = _calls with { VtoaAnswer = null };
        CallsOf(_calls);
        CallsOf(_calls with { VtoaAnswer = _ => Answer.Failure(3) });

        CallsOf(unloaded).Should().Equal("1348 28", "4096", "getpeername");
        CallsOf(unloaded).Should().Equal("4096", "getpeername");
        unloaded.Ask(out ToaResolution found).Should().Be(SocketError.Success);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
    }

    [Fact]
    public void A_short_buffer_is_tried_but_not_in_each_lookup()
    {
        ScriptedCalls calls = _calls with { VtoaAnswer = _ => Answer.Failure(InvalidArgument) };

        CallsOf(calls).Should().Equal("4097", "1348 28", "1348 16", "4096", "getpeername");
        CallsOf(calls).Should().Equal("1348 28", "getpeername");
    }

    [Fact]
    public void A_kernel_that_requires_a_short_buffer_gets_it_each_time()
    {
        ScriptedCalls calls = _calls with
        {
            VtoaAnswer = size => size == 16 ? ClientAnswer : Answer.Failure(InvalidArgument),
        };

        calls.Ask(out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Client);
        CallsOf(calls with { VtoaAnswer = _ => Answer.Failure(InvalidArgument) }).Should().EndWith("getpeername");
        CallsOf(calls).Should().Equal("1348 28", "1348 16");
        (calls with { VtoaAnswer = size => size == 16 ? IPv6ClientAnswer : Answer.Failure(InvalidArgument) })
            .Ask(out found).Should().Be(SocketError.Success);
        found.FallbackReason.Should().Be(ToaFallbackReason.UnusableAnswer, "the answer was cut");
    }

    [Fact]
    public void This_project_s_provider_is_asked_first()
    {
        CallsOf(_calls with { Info = Answer.Info(200, 8, Client, Balancer) }).Should().Equal("4097");
    }

    private string[] CallsOf(ScriptedCalls calls)
    {
        _record.Clear();
        calls.Ask(out ToaResolution _).Should().Be(SocketError.Success);
        return [.. _record];
    }
}
