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
    [InlineData(107)]
    public void A_denied_question_does_not_tell_that_it_is_there(int errno)
    {
        (_calls with { VtoaAnswer = _ => Answer.Failure(errno) }).Ask(out ToaResolution found).Should().Be(SocketError.Success);

        found.FallbackReason.Should().Be(ToaFallbackReason.LookupDenied);
        _calls.Vtoa.WasAnswered.Should().BeFalse();
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
    public void Once_it_has_answered_it_is_asked_in_place_of_4096()
    {
        CallsOf(_calls).Should().Equal("4097", "4096", "1348 28");
        CallsOf(_calls).Should().Equal("1348 28");
        CallsOf(_calls with { VtoaAnswer = _ => Answer.Failure(3) }).Should().Equal("1348 28", "getpeername");
        CallsOf(_calls).Should().Equal("1348 28");
    }

    [Fact]
    public void A_kernel_without_it_is_not_asked_again_at_once()
    {
        ScriptedCalls without = _calls with { VtoaAnswer = null };

        CallsOf(without).Should().Equal("4097", "4096", "1348 28", "getpeername");
        CallsOf(without).Should().Equal("4096", "getpeername");

        Deadline.WaitUntil(() => _calls.Vtoa.IsLikely, "the question is worth asking again");
        _calls.Ask(out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(Client);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    [InlineData(22)]
    [InlineData(107)]
    public void It_is_not_asked_where_another_provider_answers(int errno)
    {
        ScriptedCalls calls = _calls with { Option = Answer.Nat64(IPv6Client.Address, IPv6Client.Port) with { Errno = errno } };

        CallsOf(calls).Should().NotContain(call => call.StartsWith("1348"));
    }

    [Fact]
    public void That_the_option_is_unknown_is_no_reason_to_stop_where_it_has_answered()
    {
        CallsOf(_calls);

        CallsOf(_calls with { VtoaAnswer = null }).Should().Equal("1348 28", "4096", "getpeername");
        CallsOf(_calls).Should().Equal("1348 28");
        (_calls with { VtoaAnswer = null, Option = Answer.Nat64(IPv6Client.Address, IPv6Client.Port) })
            .Ask(out ToaResolution found).Should().Be(SocketError.Success);
        found.Client.ToIPEndPoint().Should().Be(IPv6Client);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
    }

    [Fact]
    public void A_short_buffer_is_tried_but_not_in_each_lookup()
    {
        ScriptedCalls calls = _calls with { VtoaAnswer = _ => Answer.Failure(InvalidArgument) };

        CallsOf(calls).Should().Equal("4097", "4096", "1348 28", "1348 16", "getpeername");
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
