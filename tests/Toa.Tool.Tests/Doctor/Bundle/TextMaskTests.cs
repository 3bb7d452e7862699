using System;
using System.Collections.Generic;
using System.Net;
using System.Text.Json;
using FluentAssertions;
using Toa.Tool.Doctor.Bundle;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor.Bundle;

/// <summary>Addresses and names in the texts of a bundle. In the expectation, &lt;ADDRESS&gt; is the replacement of an address.</summary>
public sealed class TextMaskTests : IDisposable
{
    private readonly AddressMask _addresses = new();
    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("client 192.0.2.10:5555,", "client <192.0.2.10>:5555,")]
    [InlineData("192.0.2.10", "<192.0.2.10>")]
    [InlineData("from 192.0.2.10. Next", "from <192.0.2.10>. Next")]
    [InlineData("10.0.0.16:1024->10.0.0.17:443", "<10.0.0.16>:1024-><10.0.0.17>:443")]
    [InlineData("SRC=192.0.2.10 DST=192.0.2.11", "SRC=<192.0.2.10> DST=<192.0.2.11>")]
    [InlineData("web.192.0.2.10", "web.<192.0.2.10>")]
    [InlineData("192.0.2.10e", "<192.0.2.10>e")]
    [InlineData("[2001:db8::1]:40000", "[<2001:db8::1>]:40000")]
    [InlineData("option from 2001:db8::1: late", "option from <2001:db8::1>: late")]
    [InlineData("2001:DB8::1.", "<2001:db8::1>.")]
    [InlineData("peer:2001:db8::1", "peer:<2001:db8::1>")]
    [InlineData("address:2001:db8:0:0:0:0:0:1", "address:<2001:db8::1>")]
    [InlineData("fe80::1%eth0", "<fe80::1>%eth0")]
    [InlineData("::ffff:192.0.2.10", "::ffff:<192.0.2.10>")]
    [InlineData("[::ffff:192.0.2.10]:1024", "[::ffff:<192.0.2.10>]:1024")]
    [InlineData("::ffff:c000:20a", "::ffff:<192.0.2.10>")]
    [InlineData("::192.0.2.10", "::<192.0.2.10>")]
    [InlineData("IP 192.0.2.10.51234 > 192.0.2.11.443: Flags", "IP <192.0.2.10>.51234 > <192.0.2.11>.443: Flags")]
    [InlineData("127.0.0.1:80 [::1]:80 0.0.0.0:80 [::]:80", "127.0.0.1:80 [::1]:80 0.0.0.0:80 [::]:80")]
    public void Addresses_are_replaced_in_all_forms(string text, string expected) => Mask().Mask(text).Should().Be(Expected(expected));

    [Theory]
    [InlineData("64:ff9b::192.0.2.10")]
    [InlineData("64:ff9b::c000:20a")]
    public void The_address_in_one_of_NAT64_is_replaced(string text)
    {
        byte[] masked = IPAddress.Parse(Mask().Mask(text)).GetAddressBytes();

        masked.Should().Equal([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. _addresses.Mask(IPAddress.Parse("192.0.2.10")).GetAddressBytes()]);
    }

    [Theory]
    [InlineData("12:34:56 and 2026-11-30T23:48:42.123456")]
    [InlineData("[   12.345678] toa: loading out-of-tree module")]
    [InlineData("5.4.119-19.0009.44 5.14.21-150500.55.39.1 5.15.0.113.113 3.10.0-1160.119.1.el7.x86_64 0.1.0")]
    [InlineData("srcversion: 533BB7E5866E52F63B9ACCB")]
    [InlineData("/etc/modprobe.d/toa.conf getname_toa_ok: 7 0xffffffff 1/2 a04f5eef06a7f555")]
    [InlineData("x.y.z.a 1.2.3 ... :: e.g. 200/8")]
    public void Other_texts_stay(string text) => Mask().Mask(text).Should().Be(text);

    [Theory]
    [InlineData("10.0.0.256/28", "x.x.x.256/28")]
    [InlineData("10.0.010.1", "x.x.010.x")]
    [InlineData("999.0.0.1", "999.x.x.x")]
    public void A_wrong_address_shows_its_mistake_only(string text, string expected) => Mask().Mask(text).Should().Be(expected);

    [Fact]
    public void A_list_of_networks_stays_readable()
    {
        string[] words = Mask().Mask("trusted=10.0.0.16/28,2001:db8:5::/64,0.0.0.0/0,::/0,10.0.0.1/8,192.0.2.1/33").Split('=', ',');

        IPNetwork balancers = IPNetwork.Parse(words[1]);
        balancers.PrefixLength.Should().Be(28);
        balancers.Contains(_addresses.Mask(IPAddress.Parse("10.0.0.17"))).Should().BeTrue();
        balancers.Contains(_addresses.Mask(IPAddress.Parse("10.0.0.32"))).Should().BeFalse();
        IPNetwork.Parse(words[2]).Contains(_addresses.Mask(IPAddress.Parse("2001:db8:5::1"))).Should().BeTrue();
        words[3..5].Should().Equal("0.0.0.0/0", "::/0");
        IPNetwork.Parse(words[5]).ToString().Should().NotBe(words[5], "its host bits are set");
        words[6].Should().Be(Expected("<192.0.2.1>/33"));
    }

    [Theory]
    [InlineData("MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC", "MAC=xx:xx:xx:xx:xx:xx SRC")]
    [InlineData("52:54:00:12:34:56", "xx:xx:xx:xx:xx:xx")]
    [InlineData("52:54:00:12:34:56: and :52:54:00:12:34:56.", "xx:xx:xx:xx:xx:xx: and :xx:xx:xx:xx:xx:xx.")]
    [InlineData("52-54-00-12-34-56 5254.0012.3456", "xx:xx:xx:xx:xx:xx xx:xx:xx:xx:xx:xx")]
    [InlineData("web1 WEB1: web1.corp.example.com;", "HOST HOST: HOST;")]
    [InlineData("db7.corp.example.com a.b.corp.example.com corp.example.com", "HOST HOST HOST")]
    [InlineData("printer.lan and lan", "HOST and lan")]
    [InlineData("web12 myweb1 web1-a web1_b", "web12 myweb1 HOST-a HOST_b")]
    [InlineData("https://web1:443/x ssh://alice@build01/repo", "https://HOST:443/x ssh://USER@HOST/repo")]
    [InlineData("https://alice:s3%21@proxy.example:3128", "https://USER@HOST:3128")]
    [InlineData("other@corp.example/path", "USER@HOST/path")]
    [InlineData("/home/alice/src/main.c", "/home/USER/src/main.c")]
    [InlineData("(build@ci-3.example.org) (gcc", "(USER@HOST) (gcc")]
    [InlineData("/user.slice/user@0.service", "/user.slice/user@0.service")]
    public void Names_are_replaced(string text, string expected)
    {
        _machine.Write("proc/sys/kernel/hostname", "web1\n").Write("etc/hostname", "web1.corp.example.com\n")
            .Write("etc/resolv.conf", "nameserver 192.0.2.53\nsearch corp.example.com lan\n");

        Mask().Mask(text).Should().Be(expected);
    }

    [Fact]
    public void A_name_of_hexadecimal_digits_is_not_looked_for_in_addresses()
    {
        _machine.Write("proc/sys/kernel/hostname", "cafe\n");
        string text = Mask().Mask("Host:cafe cafe:8080 cafe, 2001:db8:cafe::1");

        text.Should().StartWith("Host:HOST HOST:8080 HOST, ");
        IPAddress.TryParse(text["Host:HOST HOST:8080 HOST, ".Length..], out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("toa", true)]
    [InlineData("7", true)]
    [InlineData("web1", false)]
    public void A_name_that_is_a_word_stays(string name, bool isKept)
    {
        _machine.Write("proc/sys/kernel/hostname", name + "\n");

        HostNames.Of(_machine).Kept.Should().Be(isKept ? name : null);
        Mask().Mask(name).Should().Be(isKept ? name : "HOST");
    }

    [Fact]
    public void In_JSON_strings_are_replaced_and_fields_stay()
    {
        _machine.Write("proc/sys/kernel/hostname", "counters\n");
        string masked = Mask().MaskJson("""{"counters":[{"name":"counters"},"192.0.2.10",1.5,null,true],"x":{"192.0.2.10":"c808\"15b3"}}""");

        JsonElement root = JsonDocument.Parse(masked).RootElement;
        root.GetProperty("counters")[0].GetProperty("name").GetString().Should().Be("HOST");
        root.GetProperty("counters")[1].GetString().Should().Be(Expected("<192.0.2.10>"));
        root.GetProperty("counters")[2].GetDouble().Should().Be(1.5);
        root.GetProperty("x").GetProperty("192.0.2.10").GetString().Should().Be("c808\"15b3");
    }

    [Fact]
    public void Bytes_that_are_a_part_of_others_do_not_hide_them() =>
        new TextMask(_addresses, HostNames.Of(_machine), new Dictionary<string, string> { ["4d03cb"] = "4d03xx", ["5a0a4d03cb007109"] = "5a0axxxxxxxxxxxx" })
            .Mask("bytes 5a0a4d03cb007109, 4d03cb").Should().Be("bytes 5a0axxxxxxxxxxxx, 4d03xx");

    [Fact]
    public void Bytes_of_captured_options_are_replaced() =>
        new TextMask(_addresses, HostNames.Of(_machine), new Dictionary<string, string> { ["c80815b3c000020a"] = "c80815b3x" })
            .Mask("bytes c80815b3c000020a.").Should().Be("bytes c80815b3x.");

    private TextMask Mask() => new(_addresses, HostNames.Of(_machine), new Dictionary<string, string>());

    private string Expected(string text)
    {
        for (int start; (start = text.IndexOf('<')) >= 0;)
        {
            int end = text.IndexOf('>', start);
            text = text[..start] + _addresses.Mask(IPAddress.Parse(text[(start + 1)..end])) + text[(end + 1)..];
        }

        return text;
    }
}
