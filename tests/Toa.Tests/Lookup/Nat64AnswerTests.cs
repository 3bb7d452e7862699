using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>The answers of a provider that the library accepts as a client.</summary>
public sealed class Nat64AnswerTests
{
    private static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.10"), 5555);

    public static TheoryData<int> EveryLength => [.. Enumerable.Range(0, 65), -1, int.MinValue, int.MaxValue];

    [Theory]
    [InlineData("2001:db8::1", 40000, "[2001:db8::1]:40000")]
    [InlineData("2001:db8:1:2:3:4:5:6", 1, "[2001:db8:1:2:3:4:5:6]:1")]
    [InlineData("64:ff9b::192.0.2.33", 258, "[64:ff9b::c000:221]:258")]
    [InlineData("fe80::1", 65535, "[fe80::1]:65535")]
    [InlineData("::2", 256, "[::2]:256")]
    [InlineData("::ffff:203.0.113.7", 8080, "203.0.113.7:8080")]
    [InlineData("203.0.113.7", 8080, "203.0.113.7:8080")]
    public void A_client_comes_out_as_it_is(string address, int port, string expected)
    {
        Ask(Answer.Nat64(IPAddress.Parse(address), port)).Should().Be(IPEndPoint.Parse(expected));
    }

    [Theory, MemberData(nameof(EveryLength))]
    public void An_answer_of_another_length_is_none(int length)
    {
        IPEndPoint client = new(IPAddress.Parse("2001:db8::1"), 40000);

        Ask(Answer.Nat64(client.Address, client.Port) with { Length = length })
            .Should().Be(length == 20 ? client : Peer);
    }

    [Theory]
    [InlineData("2001:db8::1", 0)]
    [InlineData("::ffff:203.0.113.7", 0)]
    [InlineData("::", 40000)]
    [InlineData("::", 0)]
    [InlineData("::1", 40000)]
    [InlineData("ff02::1", 40000)]
    [InlineData("::ffff:0.0.0.0", 40000)]
    [InlineData("::ffff:127.0.0.1", 40000)]
    [InlineData("::ffff:127.255.255.255", 40000)]
    [InlineData("::ffff:224.0.0.1", 40000)]
    [InlineData("::ffff:239.255.255.255", 40000)]
    [InlineData("::ffff:255.255.255.255", 40000)]
    public void An_address_that_no_client_has_is_none(string address, int port)
    {
        Ask(Answer.Nat64(IPAddress.Parse(address), port)).Should().Be(Peer);
    }

    [Fact]
    public void Padding_is_not_looked_at()
    {
        Answer answer = Answer.Nat64(IPAddress.Parse("2001:db8::1"), 40000);
        answer.Bytes[18] = answer.Bytes[19] = 0xff;

        Ask(answer).Should().Be(IPEndPoint.Parse("[2001:db8::1]:40000"));
    }

    [Fact]
    public void A_provider_that_succeeds_and_writes_nothing_has_no_client()
    {
        Ask(new Answer(0, [], 20)).Should().Be(Peer);
    }

    private static IPEndPoint? Ask(Answer option)
    {
        new ScriptedCalls { Option = option, PeerName = Answer.IPv4(Peer.Address, Peer.Port) }
            .Ask(out IPEndPoint? found);
        return found;
    }
}
