using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tool.Capture;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Capture;

/// <summary>The filter of a sample, run by the kernel: on the datagrams of a Unix socket, for which no privilege is needed.</summary>
public sealed class SampleFilterTests : IDisposable
{
    private static readonly IPEndPoint s_balancer6 = IPEndPoint.Parse("[2001:db8::7]:1024"), s_server6 = IPEndPoint.Parse("[2001:db8::1]:7000");

    private static readonly byte[] s_toa = TcpPackets.Option(200, "192.0.2.10:5555");
    private static readonly byte[] s_timestamp = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly Socket _receiver = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    private readonly Socket _sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public SampleFilterTests()
    {
        _receiver.Bind(new UnixDomainSocketEndPoint(_path));
        _sender.Connect(new UnixDomainSocketEndPoint(_path));
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
        File.Delete(_path);
    }

    public static TheoryData<string, byte[], bool> Segments => new()
    {
        { "a SYN", TcpPackets.Syn(2, 4, 5, 180), true },
        { "a SYN without options", TcpPackets.Syn(), true },
        { "a SYN with data", TcpPackets.Build([], syn: true, ack: false, data: "x"), true },
        { "the answer to a SYN", TcpPackets.Build([2, 4, 5, 180], syn: true), false },
        { "a segment without data and options", TcpPackets.Build([]), true },
        { "a segment without data", TcpPackets.Build(s_timestamp), true },
        { "a segment without data that has a TOA option", TcpPackets.Build(s_toa), true },
        { "data without options", TcpPackets.Build([], data: "x"), false },
        { "data with a timestamp", TcpPackets.Build(s_timestamp, data: "x"), false },
        { "data with a TOA option", TcpPackets.Build(s_toa, data: "x"), true },
        { "data with a TOA option behind a timestamp", TcpPackets.Build([.. s_timestamp, .. s_toa], data: "x"), true },
        { "data with a TOA option before a timestamp", TcpPackets.Build([.. s_toa, .. s_timestamp], data: "x"), true },
        { "data with a SACK option", TcpPackets.Build([.. s_timestamp, 1, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 0], data: "x"), false },
        {
            "data with a TOA option behind SACK",
            TcpPackets.Build([.. s_timestamp, 1, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 0, .. s_toa], data: "x"), true
        },
        { "data with a TOA option behind the end of the list", TcpPackets.Build([0, 0, 0, 0, .. s_toa], data: "x"), false },
        { "data with an option without a length", TcpPackets.Build([8, 0, 0, 0], data: "x"), false },
        { "data with an option that is longer than the header", TcpPackets.Build([8, 255, 0, 0], data: "x"), false },
        { "data with 20 NOPs", TcpPackets.Build(new byte[20].Select(_ => (byte)1).ToArray(), data: "x"), true },
        { "the end of a connection", TcpPackets.Build(s_timestamp, fin: true), false },
        { "the end of a connection with a TOA option", TcpPackets.Build(s_toa, fin: true), true },
        { "a SYN over IPv6", TcpPackets.Build([], s_balancer6, s_server6, syn: true, ack: false), true },
        { "a segment without data over IPv6", TcpPackets.Build(s_timestamp, s_balancer6, s_server6), true },
        { "data over IPv6", TcpPackets.Build(s_timestamp, s_balancer6, s_server6, data: "x"), false },
        { "data with a TOA option over IPv6", TcpPackets.Build(s_toa, s_balancer6, s_server6, data: "x"), true },
        { "UDP", Change(TcpPackets.Syn(), 9, 17), false },
        { "a later fragment", Change(TcpPackets.Syn(), 7, 1), false },
        { "a reset", Change(TcpPackets.Build([]), 33, 0x14), false },
        { "a packet of another version", Change(TcpPackets.Syn(), 0, 0x55), false },
        { "a packet that is cut", TcpPackets.Syn()[..30], false },
        { "nothing of a header", [0x45], false },
    };

    [Theory]
    [MemberData(nameof(Segments))]
    public void New_connections_pass_and_most_data_does_not(string segment, byte[] packet, bool passes) =>
        Passes(new SampleFilter(1, 0, []), packet).Should().Be(passes, segment);

    [Fact]
    public void An_IPv4_header_can_have_options()
    {
        byte[] packet = TcpPackets.Build(s_toa, data: "x");
        byte[] longer = [.. packet[..20], 1, 1, 1, 0, .. packet[20..]];
        longer[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(2), (ushort)longer.Length);

        Passes(new SampleFilter(1, 0, []), longer).Should().BeTrue();
    }

    [Fact]
    public void The_kinds_of_TCP_do_not_pass()
    {
        int[] kinds = [.. Enumerable.Range(2, 254).Where(kind =>
            !Passes(new SampleFilter(1, 0, []), TcpPackets.Build([(byte)kind, 4, 1, 1], data: "x")))];

        // RFC 9293, 7323, 2018, 2385, 5925, 8684, 7413, 8547, and AccECN.
        kinds.Should().Equal(2, 3, 4, 5, 8, 19, 29, 30, 34, 69, 172, 174);
    }

    [Fact]
    public void A_list_of_ports_can_be_long()
    {
        SampleFilter filter = new(0.999, 1, [.. Enumerable.Range(7001, 1000)]);
        IPEndPoint from = new(TcpPackets.Balancer.Address, PortIn(filter));

        Passes(filter, Syn(from, 7001)).Should().BeTrue();
        Passes(filter, Syn(from, 8000)).Should().BeTrue();
        Passes(filter, Syn(from, 7000)).Should().BeFalse();
        Passes(filter, Syn(from, 8001)).Should().BeFalse();
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.1, 4711)]
    [InlineData(0.01, 65535)]
    public void A_share_of_the_source_ports_passes(double share, ushort salt)
    {
        SampleFilter filter = new(share, salt, []), smaller = new(share / 3, salt, []);
        HashSet<int> passing = PortsIn(filter);

        // Consecutive ports, as a balancer uses them.
        ((double)passing.Count(port => port is >= 1024 and < 11024)).Should().BeApproximately(10_000 * share, 10_000 * share * 0.3 + 5);
        PortsIn(smaller).Should().NotBeEmpty().And.BeSubsetOf(passing);
        PortsIn(new SampleFilter(share, (ushort)(salt ^ 0x5a5a), [])).Should().NotBeEquivalentTo(passing);
    }

    [Fact]
    public void Only_the_headers_are_copied()
    {
        Attach(new SampleFilter(1, 0, []));
        _sender.Send(TcpPackets.Build(s_toa, data: new string('x', 1000)));

        _receiver.Receive(new byte[2000]).Should().Be(SampleFilter.SnapLength);
    }

    private static byte[] Syn(IPEndPoint from, int port) =>
        TcpPackets.Build([], from, new IPEndPoint(TcpPackets.Server.Address, port), syn: true, ack: false);

    private static byte[] Change(byte[] packet, int at, byte value)
    {
        byte[] changed = [.. packet];
        changed[at] = value;
        return changed;
    }

    private int PortIn(SampleFilter filter) => PortsIn(filter with { Ports = [] }).First();

    private HashSet<int> PortsIn(SampleFilter filter)
    {
        Attach(filter);
        byte[] packet = TcpPackets.Syn();
        HashSet<int> ports = [];
        for (int port = 1; port < 12_000; port++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)port);
            if (Passes(packet))
                ports.Add(port);
        }

        return ports;
    }

    private bool Passes(SampleFilter filter, byte[] packet)
    {
        Attach(filter);
        return Passes(packet);
    }

    private bool Passes(byte[] packet)
    {
        _sender.Send(packet);
        _receiver.Receive(new byte[200], SocketFlags.None, out SocketError error);
        error.Should().BeOneOf(SocketError.Success, SocketError.WouldBlock);
        return error == SocketError.Success;
    }

    private void Attach(SampleFilter filter) => PacketSocket.AttachFilter(_receiver, filter.Program());
}
