using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>Many connections at a time: no client may be confused with another one.</summary>
public sealed class ManyTests : PlayedTests
{
    [Fact]
    public async Task Ten_thousand_connections()
    {
        const int Workers = 50, VisitsOfEach = 200;
        await using WebServer server = await WebServer.StartOnAsync(
            kestrel => kestrel.ListenAnyIP(0), builder => builder.WebHost.UseToa());
        int right = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, Workers), new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (worker, _) =>
        {
            for (int visit = 0; visit < VisitsOfEach; visit++)
            {
                IPAddress address = (visit % 3) switch { 0 => Stage.Nat64, 1 => Stage.HybridCloud, _ => Stage.Direct };
                using Visitor visitor = new(address, server.Port, from: $"127.0.{worker + 1}.{visit + 1}");
                if ((await visitor.AskAsync())!.Client == visitor.Client)
                    Interlocked.Increment(ref right);
            }
        });

        right.Should().Be(Workers * VisitsOfEach);
    }

    [Fact]
    public async Task Clients_that_reset_before_they_are_looked_at_harm_nobody()
    {
        await using WebServer server = await WebServer.StartAsync();
        for (int i = 0; i < 500; i++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            await socket.ConnectAsync(Stage.Nat64, server.Port);
        }

        using Visitor visitor = new(Stage.Nat64, server.Port);
        (await visitor.AskAsync())!.Client.Should().Be(visitor.Client);
    }
}
