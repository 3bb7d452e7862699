using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;
using FluentAssertions;
using Toa.Internal;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>The answers of this project's providers: one call returns everything.</summary>
public sealed class InfoAnswerTests
{
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    private static readonly IPEndPoint IPv6Client = IPEndPoint.Parse("[2001:db8::1]:40000");
    private static readonly IPEndPoint IPv4Client = IPEndPoint.Parse("192.0.2.10:5555");

    public static TheoryData<int> EveryOtherLength => [.. Enumerable.Range(0, 100).Where(l => l != 64), -1, int.MaxValue];

    [Fact]
    public void An_IPv6_client()
    {
        ToaResolution found = Ask(Answer.Info(253, 20, IPv6Client, Balancer));

        found.Client.ToIPEndPoint().Should().Be(IPv6Client);
        found.Client.Source.Should().Be(ToaSource.IPv6Option);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        found.TransportPeer.Source.Should().Be(ToaSource.TransportPeer);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_IPv4_client(bool dualMode)
    {
        ToaResolution found = Ask(Answer.Info(200, 8, IPv4Client, Balancer), dualMode);

        found.Client.ToIPEndPoint().Should().Be(IPv4Client);
        found.Client.Source.Should().Be(ToaSource.IPv4Option);
        found.Client.IsIPv4MappedToIPv6.Should().Be(dualMode);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        found.TransportPeer.IsIPv4MappedToIPv6.Should().Be(dualMode);
    }

    [Fact]
    public void Other_vendors_kinds()
    {
        Ask(Answer.Info(254, 20, IPv6Client, Balancer)).Client.ToIPEndPoint().Should().Be(IPv6Client);
        Ask(Answer.Info(254, 8, IPv4Client, Balancer)).Client.ToIPEndPoint().Should().Be(IPv4Client);
    }

    [Theory]
    [InlineData("198.51.100.7:1024")]
    [InlineData("[2001:db8::7]:1024")]
    public void Without_an_option_the_client_is_the_transport_peer(string peer)
    {
        ToaResolution found = Ask(Answer.Info(0, 0, null, IPEndPoint.Parse(peer)));

        found.Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse(peer));
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
        found.TransportPeer.Should().Be(found.Client);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
    }

    [Fact]
    public void A_link_local_peer_gets_its_scope_from_its_name()
    {
        ToaResolution found = Ask(
            Answer.Info(0, 0, null, IPEndPoint.Parse("[fe80::1]:1024")),
            name: Answer.IPv6(IPAddress.Parse("fe80::1"), 1024, scopeId: 3));

        found.Client.ScopeId.Should().Be(3);
        found.Client.ToIPEndPoint().ToString().Should().Be("[fe80::1%3]:1024");
        found.TransportPeer.Should().Be(found.Client);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
    }

    [Theory]
    [InlineData("fe80::2", 1024)]
    [InlineData("fe80::1", 1025)]
    public void A_link_local_peer_stays_where_its_name_is_another(string name, int port)
    {
        ToaResolution found = Ask(
            Answer.Info(0, 0, null, IPEndPoint.Parse("[fe80::1]:1024")), name: Answer.IPv6(IPAddress.Parse(name), port, scopeId: 3));

        found.TransportPeer.ToIPEndPoint().Should().Be(IPEndPoint.Parse("[fe80::1]:1024"));
    }

    [Theory]
    [InlineData("192.0.2.10:0")]
    [InlineData("127.0.0.1:5555")]
    [InlineData("0.0.0.0:5555")]
    [InlineData("224.0.0.1:5555")]
    [InlineData("[::1]:5555")]
    [InlineData("[ff02::1]:5555")]
    [InlineData("[2001:db8::1]:0")]
    public void A_client_that_nobody_has_is_not_believed(string client)
    {
        IPEndPoint endPoint = IPEndPoint.Parse(client);
        int length = endPoint.AddressFamily == AddressFamily.InterNetwork ? 8 : 20;

        ToaResolution found = Ask(Answer.Info(200, length, endPoint, Balancer));

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
        found.FallbackReason.Should().Be(ToaFallbackReason.UnusableAnswer);
    }

    [Theory, MemberData(nameof(EveryOtherLength))]
    public void An_answer_of_another_length_is_somebody_else_s(int length)
    {
        ShouldBeIgnored(Answer.Info(253, 20, IPv6Client, Balancer) with { Length = length });
    }

    [Theory]
    [InlineData(1, 8)] // an IPv4 option with an IPv6 client
    [InlineData(1, 0)]
    [InlineData(1, 21)]
    [InlineData(0, 0)] // no option, but a client
    [InlineData(6, 1)] // reserved bytes
    [InlineData(7, 1)]
    [InlineData(63, 1)]
    [InlineData(62, 0)] // no format
    [InlineData(62, 1)] // another format
    [InlineData(62, 7)]
    [InlineData(62, 14)] // formats without a client
    [InlineData(62, 15)]
    public void What_does_not_fit_together_is_somebody_else_s(int offset, byte value)
    {
        Answer answer = Answer.Info(253, 20, IPv6Client, Balancer);
        answer.Bytes[offset] = value;

        ShouldBeIgnored(answer);
    }

    [Theory]
    [InlineData(1)] // a length
    [InlineData(2)] // a port
    [InlineData(8)] // an address
    [InlineData(40)] // a virtual address
    [InlineData(56)] // a network
    [InlineData(60)] // a virtual port
    [InlineData(62)] // a format
    public void What_describes_a_client_without_an_option_is_somebody_else_s(int offset)
    {
        Answer answer = Answer.Info(0, 0, null, Balancer);
        answer.Bytes[offset] = 1;

        ShouldBeIgnored(answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_s_form_of_an_address_is_that_of_the_socket(bool dualMode)
    {
        using TcpConnection connection = dualMode ? TcpConnection.IPv4ToDualMode() : TcpConnection.IPv4();
        ScriptedCalls calls = new()
        {
            Descriptor = connection.Server.Handle,
            Info = Answer.Info(200, 8, IPv4Client, Balancer),
        };

        PeerLookup.Get(connection.Server, false, calls, out ToaResolution found);

        found.Client.ToIPEndPoint().Should().Be(IPv4Client);
        found.Client.IsIPv4MappedToIPv6.Should().Be(dualMode);
    }

    [Fact]
    public void A_peer_that_is_nobody_is_somebody_else_s()
    {
        ShouldBeIgnored(Answer.Info(253, 20, IPv6Client, new IPEndPoint(Balancer.Address, 0)));
        ShouldBeIgnored(Answer.Info(253, 20, IPv6Client, new IPEndPoint(IPAddress.IPv6Any, 1024)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Garbage_never_throws(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[64];
            random.NextBytes(bytes.AsSpan(0, random.Next(65)));
            if (random.Next(2) == 0)
                bytes.AsSpan(6, 2).Clear();
            if (random.Next(2) == 0)
                bytes[1] = (byte)(random.Next(2) == 0 ? 8 : 20);
            if (random.Next(2) == 0)
                bytes[62] = (byte)random.Next(18);
            bytes[63] = (byte)random.Next(2);

            ToaResolution found = Ask(new Answer(0, bytes, random.Next(4) == 0 ? random.Next(-1, 80) : 64));

            found.Client.Source.Should().NotBe(ToaSource.None, Convert.ToHexString(bytes));
        }
    }

    [Fact]
    public void One_that_is_unknown_is_not_asked_again_at_once()
    {
        OptionSupport providers = new();
        Ask(default, providers: providers).Client.Source.Should().Be(ToaSource.PeerName);

        providers.IsLikely.Should().BeFalse();
        Ask(Answer.Info(253, 20, IPv6Client, Balancer), providers: providers).Client.Source.Should().Be(ToaSource.PeerName);
    }

    [Fact]
    public void One_that_was_loaded_meanwhile_is_found_after_a_while()
    {
        OptionSupport providers = new();
        Ask(default, providers: providers);

        Deadline.WaitUntil(() => providers.IsLikely, "the question is worth asking again");
        Ask(Answer.Info(253, 20, IPv6Client, Balancer), providers: providers).Client.Source.Should().Be(ToaSource.IPv6Option);
        providers.IsLikely.Should().BeTrue();
    }

    [Fact]
    public void One_that_was_answered_is_asked_again_at_once()
    {
        OptionSupport providers = new();
        providers.Miss();
        providers.Hit();

        providers.IsLikely.Should().BeTrue();
    }

    [Fact]
    public void Waiting_to_ask_again_keeps_nothing_of_the_first_caller()
    {
        AsyncLocal<object> flowing = new();
        (OptionSupport providers, WeakReference kept) = Miss();

        flowing.Value = new object();
        GC.Collect();
        kept.IsAlive.Should().BeFalse();
        providers.IsLikely.Should().BeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        (OptionSupport, WeakReference) Miss()
        {
            flowing.Value = new object();
            OptionSupport made = new();
            made.Miss();
            return (made, new WeakReference(flowing.Value));
        }
    }

    [Fact]
    public void A_caller_that_lets_nothing_flow_can_ask()
    {
        using (ExecutionContext.SuppressFlow())
            new OptionSupport().IsLikely.Should().BeTrue();
    }

    [Fact]
    public void A_socket_that_is_refused_does_not_speak_for_the_others()
    {
        OptionSupport providers = new();

        Ask(Answer.Failure(107), providers: providers);

        providers.IsLikely.Should().BeTrue();
    }

    private static void ShouldBeIgnored(Answer info)
    {
        ToaResolution found = Ask(info);

        found.Client.Source.Should().Be(ToaSource.PeerName);
        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
    }

    private static ToaResolution Ask(
        Answer info, bool dualMode = false, Answer? name = null, OptionSupport? providers = null)
    {
        ScriptedCalls calls = new()
        {
            Info = info,
            PeerName = name ?? Answer.IPv4(Balancer.Address, Balancer.Port),
            Providers = providers ?? new OptionSupport(),
        };
        calls.Ask(out ToaResolution found, dualMode).Should().Be(SocketError.Success);
        return found;
    }
}
