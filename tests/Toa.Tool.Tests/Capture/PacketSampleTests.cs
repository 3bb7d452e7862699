using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Capture;
using Xunit;

namespace Toa.Tool.Tests.Capture;

/// <summary>A sample of real packets, on the loopback interface.</summary>
public sealed class PacketSampleTests
{
    private const byte Syn = 2, Ack = 16;

    [SkippableFact]
    public void A_connection_over_loopback_passes_once_and_its_data_does_not()
    {
        Machine.Demand("root");
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        IPEndPoint end = (IPEndPoint)listener.LocalEndPoint!;
        using PacketSample sample = PacketSample.Open("lo", new SampleFilter(1, 0, [end.Port]));

        using (Socket client = Connect(end))
        using (Socket server = listener.Accept())
        {
            client.Send(new byte[100]);
            server.Receive(new byte[100]).Should().Be(100);
            client.Send(new byte[100]);
            server.Receive(new byte[100]).Should().Be(100);

            Flags(sample).Should().Equal(Syn, Ack);
            sample.TakeStatistics().Should().Be((2U, 0U));
            sample.TakeStatistics().Should().Be((0U, 0U));
        }

        using PacketSample other = PacketSample.Open("lo", new SampleFilter(1, 0, [end.Port ^ 1]));
        Connect(end).Dispose();
        Flags(other).Should().BeEmpty();
    }

    [SkippableFact]
    public void A_full_buffer_loses_packets_and_says_so()
    {
        Machine.Demand("root");
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        IPEndPoint end = (IPEndPoint)listener.LocalEndPoint!;
        using PacketSample sample = PacketSample.Open("lo", new SampleFilter(1, 0, [end.Port]));

        // Each has two packets that pass: more than fit into the buffer.
        for (int i = 0; i < 1000; i++)
        {
            using Socket client = Connect(end);
            listener.Accept().Dispose();
        }

        int received = Flags(sample).Count;
        (uint passed, uint dropped) = sample.TakeStatistics();
        passed.Should().BeGreaterThanOrEqualTo(2000);
        dropped.Should().Be(passed - (uint)received).And.BePositive();
    }

    private static Socket Connect(IPEndPoint end)
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(end);
        return client;
    }

    private static List<byte> Flags(PacketSample sample)
    {
        List<byte> flags = [];
        byte[] buffer = new byte[SampleFilter.SnapLength];
        while (sample.Receive(buffer) is > 0 and int length)
        {
            length.Should().BeGreaterThanOrEqualTo(40);
            flags.Add(buffer[33]);
        }

        return flags;
    }
}
