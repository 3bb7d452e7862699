using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.Tests.EchoServer;

/// <summary>The output and the answers of the echo server.</summary>
public sealed class EchoTests
{
    [Fact]
    public async Task An_IPv4_client_is_printed_and_echoed()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0");
        using EchoClient client = new(IPAddress.Loopback, (await server.ReadListeningAsync()).Port);

        (await server.ReadLineAsync()).Should().Be($"real client v4 [127.0.0.1]:{client.EndPoint.Port}");
        (await client.EchoAsync("hello")).Should().Be("hello");
        (await client.EchoAsync("again")).Should().Be("again");
    }

    [Fact]
    public async Task An_IPv6_client_is_printed_and_echoed()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "[::1]:0");
        using EchoClient client = new(IPAddress.IPv6Loopback, (await server.ReadListeningAsync()).Port);

        (await server.ReadLineAsync()).Should().Be($"real client v6 [::1]:{client.EndPoint.Port}");
        (await client.EchoAsync("hello")).Should().Be("hello");
    }

    [Fact]
    public async Task An_IPv4_client_of_a_dual_mode_listener_is_printed_as_IPv4()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "[::ffff:127.0.0.1]:0");
        using EchoClient client = new(IPAddress.Loopback, (await server.ReadListeningAsync()).Port);

        (await server.ReadLineAsync()).Should().Be($"real client v4 [127.0.0.1]:{client.EndPoint.Port}");
    }

    [Fact]
    public async Task Every_end_point_is_listened_on()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0", "--listen", "[::1]:0");
        IPEndPoint first = await server.ReadListeningAsync();
        IPEndPoint second = await server.ReadListeningAsync();
        first.Address.Should().Be(IPAddress.Loopback);
        second.Address.Should().Be(IPAddress.IPv6Loopback);

        using EchoClient v4 = new(first.Address, first.Port);
        using EchoClient v6 = new(second.Address, second.Port);

        (await v4.EchoAsync("four")).Should().Be("four");
        (await v6.EchoAsync("six")).Should().Be("six");
    }

    [Fact]
    public async Task A_large_text_comes_back_whole()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0");
        using EchoClient client = new(IPAddress.Loopback, (await server.ReadListeningAsync()).Port);
        string text = new('x', 1 << 22);

        (await client.EchoAsync(text)).Should().Be(text);
    }

    [Fact]
    public async Task The_server_finishes_when_the_client_does()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0");
        using EchoClient client = new(IPAddress.Loopback, (await server.ReadListeningAsync()).Port);

        (await client.FinishAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Clients_that_vanish_are_reported_and_the_others_are_served()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0");
        int port = (await server.ReadListeningAsync()).Port;

        // One client resets after the server has looked up its address, and one resets before.
        EchoClient known = new(IPAddress.Loopback, port);
        (await server.ReadLineAsync()).Should().EndWith($":{known.EndPoint.Port}");
        known.Reset();
        (await server.ReadErrorLineAsync()).Should().StartWith("connection lost: ");
        server.WhileStopped(() => new EchoClient(IPAddress.Loopback, port).Reset());
        (await server.ReadErrorLineAsync()).Should().StartWith("connection lost: ");

        using EchoClient next = new(IPAddress.Loopback, port);
        (await next.EchoAsync("still here")).Should().Be("still here");
        (await server.ReadLineAsync()).Should().Be($"real client v4 [127.0.0.1]:{next.EndPoint.Port}");
    }
}
