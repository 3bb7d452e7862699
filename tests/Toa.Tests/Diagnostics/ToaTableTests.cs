using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using FluentAssertions;
using Toa.Diagnostics;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Diagnostics;

/// <summary>The parsing of /proc/net/toa_table, from this project's providers and from other vendors'.</summary>
public sealed class ToaTableTests
{
    private const string Header = "client          transport_peer          local          kind format       virtual       network_id\n";

    [Fact]
    public void This_project_s()
    {
        IReadOnlyList<ToaTableEntry> read = ToaTable.Parse(
            Header
            + "[2001:db8::1]:40000                 198.51.100.7:1024         192.0.2.1:7000      253  ipv6         -             0\n"
            + "192.0.2.10:5555                     [2001:db8::7]:1025        [2001:db8::2]:7001  200  ipv4         203.0.113.80:443  7\n"
            + "[2001:db8::1]:40000                 198.51.100.7:1024         192.0.2.1:7000      249  alibaba-ddos [2001:db8::80]:0  4294967295\n");

        read.Should().HaveCount(3);
        read[0].Client.Should().Be(IPEndPoint.Parse("[2001:db8::1]:40000"));
        read[0].TransportPeer.Should().Be(IPEndPoint.Parse("198.51.100.7:1024"));
        read[0].Local.Should().Be(IPEndPoint.Parse("192.0.2.1:7000"));
        read[0].Kind.Should().Be(253);
        read[0].Format.Should().Be("ipv6");
        read[0].VirtualEndPoint.Should().BeNull();
        read[0].NetworkId.Should().BeNull();
        read[1].Client.Should().Be(IPEndPoint.Parse("192.0.2.10:5555"));
        read[1].TransportPeer.Should().Be(IPEndPoint.Parse("[2001:db8::7]:1025"));
        read[1].Local.Should().Be(IPEndPoint.Parse("[2001:db8::2]:7001"));
        read[1].Kind.Should().Be(200);
        read[1].Format.Should().Be("ipv4");
        read[1].VirtualEndPoint.Should().Be(IPEndPoint.Parse("203.0.113.80:443"));
        read[1].NetworkId.Should().Be(7);
        read[1].ToString().Should().StartWith("192.0.2.10:5555 ").And.EndWith(" 7");
        read[2].Kind.Should().Be(249);
        read[2].Format.Should().Be("alibaba-ddos");
        read[2].VirtualEndPoint.Should().Be(IPEndPoint.Parse("[2001:db8::80]:0"));
        read[2].NetworkId.Should().Be(uint.MaxValue);
    }

    [Theory]
    [InlineData("192.0.2.10:5555", "192.0.2.10:5555", null)]
    [InlineData("192.0.2.10 5555 198.51.100.7 1024", "192.0.2.10:5555", "198.51.100.7:1024")]
    [InlineData("192.0.2.10 55 198.51.100.7 102", "192.0.2.10:55", "198.51.100.7:102")]
    [InlineData("2001:db8::1 40000 198.51.100.7 1024", "[2001:db8::1]:40000", "198.51.100.7:1024")]
    [InlineData("::2 40000 198.51.100.7 65535", "[::2]:40000", "198.51.100.7:65535")]
    [InlineData("192.0.2.10:5555 -> 198.51.100.7:1024 ESTABLISHED", "192.0.2.10:5555", "198.51.100.7:1024")]
    [InlineData("| 192.0.2.10:5555 | 198.51.100.7:1024 |", "192.0.2.10:5555", "198.51.100.7:1024")]
    public void Others(string line, string client, string? peer)
    {
        ToaTableEntry entry = ToaTable.Parse(line).Should().ContainSingle().Subject;

        entry.Client.Should().Be(IPEndPoint.Parse(client));
        entry.TransportPeer.Should().Be(peer is null ? null : IPEndPoint.Parse(peer));
        entry.Local.Should().BeNull();
        entry.Kind.Should().BeNull();
        entry.Format.Should().BeNull();
        entry.VirtualEndPoint.Should().BeNull();
        entry.NetworkId.Should().BeNull();
    }

    [Theory]
    [InlineData("192.0.2.10:5555 200 ESTABLISHED x 7")]
    [InlineData("192.0.2.10:5555 200 ESTABLISHED 203.0.113.80:443 x")]
    [InlineData("192.0.2.10:5555 ESTABLISHED x - 7")]
    [InlineData("192.0.2.10:5555 200 7 - 7")]
    [InlineData("192.0.2.10:5555 200 ipv4 - 4294967296")]
    public void Other_columns_after_the_kind_are_not_ours(string line)
    {
        ToaTableEntry entry = ToaTable.Parse(line).Should().ContainSingle().Subject;

        entry.Format.Should().BeNull();
        entry.VirtualEndPoint.Should().BeNull();
        entry.NetworkId.Should().BeNull();
    }

    [Fact]
    public void Every_kind_of_option()
    {
        for (int kind = 0; kind < 256; kind++)
            ToaTable.Parse($"192.0.2.10:5555 {kind}").Should().ContainSingle().Which.Kind.Should().Be(kind);
        ToaTable.Parse("192.0.2.10:5555 256").Should().ContainSingle().Which.Kind.Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData(Header)]
    [InlineData("client peer\n\n\n")]
    public void No_connections(string text)
    {
        ToaTable.Parse(text).Should().BeEmpty();
    }

    [Theory]
    [InlineData("192.0.2.10:70000")]
    [InlineData("404 not found")]
    [InlineData(Header + "nobody")]
    [InlineData(Header + "12 34")]
    [InlineData(Header + "2001:db8::1:40000x")]
    public void No_table(string text)
    {
        FluentActions.Invoking(() => ToaTable.Parse(text)).Should().Throw<InvalidDataException>().WithMessage("* is not a line of connections*");
    }

    [Fact]
    public void Garbage_is_read_or_refused()
    {
        Random random = new(6);
        for (int round = 0; round < 5_000; round++)
        {
            char[] text = random.GetItems<char>("019.:[]af |\n\0é", random.Next(100));
            try
            {
                foreach (ToaTableEntry entry in ToaTable.Parse(new string(text)))
                    entry.Client.Should().NotBeNull();
            }
            catch (InvalidDataException)
            {
                // The text was refused.
            }
        }
    }

    [Fact]
    public void Nothing_at_all()
    {
        FluentActions.Invoking(() => ToaTable.Parse(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void The_machine_s_own()
    {
        using FakeHost host = new FakeHost().Write("proc/net/toa_table", Header + "192.0.2.10:5555 198.51.100.7:1 192.0.2.1:2 200\n");

        ToaTable.Read(host.Files).Should().ContainSingle();
        FluentActions.Invoking(() => ToaTable.Read(new FakeHost().Files)).Should().Throw<FileNotFoundException>();
        ToaTable.TryRead(out IReadOnlyList<ToaTableEntry>? entries, out string? problem)
            .Should().Be(File.Exists("/proc/net/toa_table"));
        (entries is null).Should().Be(problem is not null);
        if (entries is null)
            problem.Should().Contain("/proc/net/toa_table");
    }

    [Fact]
    public void Where_the_eBPF_provider_can_make_no_file_the_command_that_lists_connections_is_named()
    {
        using FakeHost host = new FakeHost().Write("sys/fs/bpf/toa/toa_held", "");

        FluentActions.Invoking(() => ToaTable.Read(host.Files))
            .Should().Throw<FileNotFoundException>().WithMessage("*sys/fs/bpf/toa/table does not exist: the eBPF provider could not create it*toa-bpf table*");
    }
}
