using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>The parsing of getpeername's answers.</summary>
public sealed class PeerNameTests
{
    private const int NoProtocolOption = 92;

    public static TheoryData<int> EveryLength => [.. Enumerable.Range(0, 65), -1, int.MinValue, int.MaxValue];

    public static TheoryData<int> EveryFamily => [.. Enumerable.Range(0, 50), 0x0200, 0x0a00, 0xffff];

    [Theory]
    [InlineData("192.0.2.10", 5555)]
    [InlineData("1.2.3.4", 1)]
    [InlineData("127.0.0.1", 65535)]
    [InlineData("255.254.253.252", 256)]
    public void An_IPv4_peer_comes_out_as_it_is(string address, int port)
    {
        Ask(Answer.IPv4(IPAddress.Parse(address), port)).Should().Be(new IPEndPoint(IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("2001:db8::1", 40000)]
    [InlineData("2001:db8:1:2:3:4:5:6", 258)]
    [InlineData("::1", 1)]
    public void An_IPv6_peer_comes_out_as_it_is(string address, int port)
    {
        Ask(Answer.IPv6(IPAddress.Parse(address), port)).Should().Be(new IPEndPoint(IPAddress.Parse(address), port));
    }

    [Theory]
    [InlineData("::ffff:192.0.2.10", "192.0.2.10")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("::ffff:0.0.0.1", "0.0.0.1")]
    public void A_mapped_peer_comes_out_as_IPv4(string mapped, string expected)
    {
        IPEndPoint? found = Ask(Answer.IPv6(IPAddress.Parse(mapped), 5555));

        found.Should().Be(new IPEndPoint(IPAddress.Parse(expected), 5555));
        found!.AddressFamily.Should().Be(AddressFamily.InterNetwork);
    }

    [Theory]
    [InlineData("::192.0.2.10")] // IPv4-compatible, not mapped
    [InlineData("::fffe:192.0.2.10")]
    [InlineData("1::ffff:192.0.2.10")]
    public void What_only_looks_mapped_stays_IPv6(string address)
    {
        Ask(Answer.IPv6(IPAddress.Parse(address), 5555)).Should().Be(new IPEndPoint(IPAddress.Parse(address), 5555));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(0x01020304u)]
    [InlineData(uint.MaxValue)]
    public void A_link_local_peer_keeps_its_scope(uint scopeId)
    {
        IPEndPoint? found = Ask(Answer.IPv6(IPAddress.Parse("fe80::1"), 5555, scopeId));

        found!.Address.ScopeId.Should().Be(scopeId);
        found.Should().Be(new IPEndPoint(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), scopeId), 5555));
    }

    [Fact]
    public void A_mapped_peer_has_no_scope()
    {
        new ScriptedCalls { PeerName = Answer.IPv6(IPAddress.Parse("::ffff:192.0.2.10"), 5555, scopeId: 3) }
            .Ask(out ToaResolution found).Should().Be(SocketError.Success);

        found.Client.ScopeId.Should().Be(0);
    }

    [Theory, MemberData(nameof(EveryLength))]
    public void A_short_IPv4_answer_is_an_error(int length)
    {
        Ask(Answer.IPv4(IPAddress.Parse("192.0.2.10"), 5555) with { Length = length })
            .Should().Be(length >= 16 ? IPEndPoint.Parse("192.0.2.10:5555") : null);
    }

    [Theory, MemberData(nameof(EveryLength))]
    public void A_short_IPv6_answer_is_an_error(int length)
    {
        Ask(Answer.IPv6(IPAddress.Parse("2001:db8::1"), 5555) with { Length = length })
            .Should().Be(length >= 28 ? IPEndPoint.Parse("[2001:db8::1]:5555") : null);
    }

    [Theory, MemberData(nameof(EveryFamily))]
    public void Another_family_is_an_error(int family)
    {
        Answer answer = Answer.IPv6(IPAddress.Parse("2001:db8::1"), 5555);
        BitConverter.TryWriteBytes(answer.Bytes, (ushort)family);

        Ask(answer)?.AddressFamily.Should().Be(family switch
        {
            2 => AddressFamily.InterNetwork,
            10 => AddressFamily.InterNetworkV6,
            _ => throw new InvalidOperationException($"Family {family} is none of TCP's."),
        });
    }

    private static IPEndPoint? Ask(Answer peerName)
    {
        SocketError error = new ScriptedCalls { Option = Answer.Failure(NoProtocolOption), PeerName = peerName }
            .Ask(out IPEndPoint? found);

        (error == SocketError.Success).Should().Be(found is not null);
        return found;
    }
}
