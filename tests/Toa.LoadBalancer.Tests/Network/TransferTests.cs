using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Transfers between two real kernels through the balancer.</summary>
[Collection(SharedTestbed.Name)]
public sealed class TransferTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetworkV6, AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetwork, AddressFamily.InterNetworkV6, true)]
    [InlineData(AddressFamily.InterNetworkV6, AddressFamily.InterNetworkV6, true)]
    [InlineData(AddressFamily.InterNetwork, AddressFamily.InterNetwork, false)]
    [InlineData(AddressFamily.InterNetworkV6, AddressFamily.InterNetwork, false)]
    public async Task Megabytes_pass_both_ways_at_once_byte_for_byte(AddressFamily family, AddressFamily serverFamily, bool offload)
    {
        await using Balanced balanced = new(
            _testbed, configureAll: options => options.Offload = offload, serverFamily: serverFamily);
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            byte[] up = RandomNumberGenerator.GetBytes(8 << 20);
            byte[] down = RandomNumberGenerator.GetBytes(8 << 20);
            Task<byte[]> atServer = ReceiveAllAsync(server);
            Task<byte[]> atClient = ReceiveAllAsync(client);
            await Task.WhenAll(SendAllAsync(client, up), SendAllAsync(server, down)).WaitAsync(Deadline.Time);

            SHA256.HashData(await atServer.WaitAsync(Deadline.Time)).Should().Equal(SHA256.HashData(up));
            SHA256.HashData(await atClient.WaitAsync(Deadline.Time)).Should().Equal(SHA256.HashData(down));
        }

        balanced.DropsOfConnections.Should().BeEmpty();
        balanced.Balancer.Counters.OptionsSkipped.Values.Sum().Should().Be(0);
    }

    [SkippableTheory]
    [InlineData(true, 0, true)]
    [InlineData(false, 0, false)]
    [InlineData(true, 0.01, false)]
    public async Task Large_segments_reach_the_server_unless_faults_count_packets(bool offload, double duplicate, bool expectLarge)
    {
        await using Balanced balanced = new(
            _testbed, listener => listener.Faults.ToServers.Duplicate = duplicate, options => options.Offload = offload);
        using Capture capture = new(_testbed);
        (Socket client, Socket server) = await balanced.ConnectAsync(AddressFamily.InterNetwork);
        using (client)
        using (server)
        {
            Task<byte[]> atServer = ReceiveAllAsync(server);
            await SendAllAsync(client, new byte[8 << 20]).WaitAsync(Deadline.Time);
            (await atServer.WaitAsync(Deadline.Time)).Should().HaveCount(8 << 20);
        }

        capture.Stop(balanced.Port).Any(segment => segment.Bytes.Length > 1500).Should().Be(expectLarge);
    }

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, "tencent", 200, 8)]
    [InlineData(AddressFamily.InterNetwork, "tencent-vpc", 200, 8)]
    [InlineData(AddressFamily.InterNetworkV6, "tencent", 253, 20)]
    [InlineData(AddressFamily.InterNetworkV6, "alibaba-ddos", 249, 40)]
    public async Task The_server_sees_the_option_until_data_is_acknowledged(
        AddressFamily family, string format, byte kind, byte length)
    {
        await using Balanced balanced = new(_testbed, listener =>
        {
            if (listener.VirtualAddress.AddressFamily == family)
                listener.Format = ToaOptionFormat.Parse(format);
        });
        using Capture capture = new(_testbed);
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            for (int i = 0; i < 3; i++)
            {
                await client.SendAsync(new byte[100]);
                (await server.ReceiveAsync(new byte[200])).Should().Be(100);
                await server.SendAsync(new byte[100]);
                (await client.ReceiveAsync(new byte[200])).Should().Be(100);
            }

            Sent[] segments = capture.Stop(balanced.Port);
            Sent[] withOption = [.. segments.Where(segment => segment.FindClient(kind, length) is not null)];
            withOption.Should().OnlyContain(segment => segment.FindClient(kind, length)!.Equals(client.LocalEndPoint));
            segments.Should().OnlyContain(segment => segment.Source.Equals(server.RemoteEndPoint));
            withOption[0].Payload.Should().BeEmpty("it is the handshake's ACK");
            withOption[1].Payload.Should().HaveCount(100, "it is the first data");
            segments.Skip(withOption.Length + 1).Should().NotBeEmpty()
                .And.NotContain(segment => segment.FindClient(kind, length) != null);
            segments[0].Tcp.Synchronize.Should().BeTrue();
        }
    }

    private static async Task SendAllAsync(Socket socket, byte[] bytes)
    {
        await socket.SendAsync(bytes);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        using NetworkStream stream = new(socket);
        using MemoryStream all = new();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
