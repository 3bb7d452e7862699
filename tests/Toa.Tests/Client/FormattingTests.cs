using System;
using System.Globalization;
using System.Net;
using System.Text;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Client;

/// <summary>Formatting into the caller's memory, as text and as UTF-8.</summary>
public sealed class FormattingTests
{
    [Fact]
    public void All_ways_print_the_same()
    {
        Random random = new(4);
        for (int round = 0; round < 5_000; round++)
        {
            ToaEndPoint client = new(RandomEndPoint.Next(random), ToaSource.PeerName);
            string expected = client.ToIPEndPoint().ToString();
            char[] text = new char[expected.Length];
            byte[] utf8 = new byte[expected.Length];

            client.TryFormat(text, out int chars).Should().BeTrue();
            new string(text, 0, chars).Should().Be(expected);
            client.TryFormat(utf8, out int bytes).Should().BeTrue();
            Encoding.UTF8.GetString(utf8, 0, bytes).Should().Be(expected);
            $"{client}".Should().Be(expected);
            string.Create(CultureInfo.InvariantCulture, $"{client:anything}").Should().Be(expected);

            client.TryFormat(text.AsSpan(0, expected.Length - 1), out chars).Should().BeFalse();
            chars.Should().Be(0);
            client.TryFormat(utf8.AsSpan(0, expected.Length - 1), out bytes).Should().BeFalse();
            bytes.Should().Be(0);
        }
    }

    [Fact]
    public void The_longest_fits_where_ToString_prints()
    {
        byte[] address = new byte[16];
        Array.Fill(address, (byte)0xff);
        IPEndPoint longest = new(new IPAddress(address, uint.MaxValue), 65535);

        new ToaEndPoint(longest, ToaSource.PeerName).ToString().Should().Be(longest.ToString());
    }

    [Fact]
    public void Interfaces_print_as_the_methods_do()
    {
        ToaEndPoint client = new(IPEndPoint.Parse("[2001:db8::1]:40000"), ToaSource.IPv6Option);
        Span<char> text = stackalloc char[32];
        Span<byte> utf8 = stackalloc byte[32];

        ((IFormattable)client).ToString("X", null).Should().Be("[2001:db8::1]:40000");
        ((ISpanFormattable)client).TryFormat(text, out int chars, "X", null).Should().BeTrue();
        text[..chars].ToString().Should().Be("[2001:db8::1]:40000");
        ((IUtf8SpanFormattable)client).TryFormat(utf8, out int bytes, "X", null).Should().BeTrue();
        Encoding.UTF8.GetString(utf8[..bytes]).Should().Be("[2001:db8::1]:40000");
    }

    [Fact]
    public void Nobody_prints_as_nothing()
    {
        default(ToaEndPoint).TryFormat(Span<char>.Empty, out int chars).Should().BeTrue();
        chars.Should().Be(0);
        default(ToaEndPoint).TryFormat(Span<byte>.Empty, out int bytes).Should().BeTrue();
        bytes.Should().Be(0);
    }
}
