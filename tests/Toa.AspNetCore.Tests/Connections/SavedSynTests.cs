using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>Servers without a provider that read saved SYNs. The SYNs of this machine carry no TOA option.</summary>
public sealed class SavedSynTests : PlayedTests
{
    [Fact]
    public async Task One_setting_makes_all_endpoints_keep_and_read_them()
    {
        await using WebServer server = await WebServer.StartAsync(
            configure: builder => builder.WebHost.UseToa(options => options.ReadSavedSyn = true));

        (await SourceAsync(server)).Should().Be(ToaSource.TransportPeer);
    }

    [Fact]
    public async Task A_listener_that_was_handed_over_is_made_to_keep_them_too()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen();
        await using WebServer server = await WebServer.StartOnAsync(
            kestrel => kestrel.ListenHandle((ulong)listener.Handle),
            builder => builder.WebHost.UseToa(options => options.ReadSavedSyn = true));

        (await SourceAsync(((IPEndPoint)listener.LocalEndPoint!).Port)).Should().Be(ToaSource.TransportPeer);
    }

    [Fact]
    public async Task They_are_kept_by_request_only()
    {
        await using WebServer server = await WebServer.StartAsync(configure: builder => builder.WebHost.UseToa());

        (await SourceAsync(server)).Should().Be(ToaSource.PeerName);
    }

    [Fact]
    public async Task An_endpoint_of_its_own_takes_a_line_more()
    {
        await using WebServer server = await WebServer.StartAsync(
            listen => listen.UseToa(options => options.ReadSavedSyn = true),
            builder => builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endPoint =>
            {
                var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                listener.SaveSyn();
                return listener;
            }));

        (await SourceAsync(server)).Should().Be(ToaSource.TransportPeer);
    }

    private static Task<ToaSource> SourceAsync(WebServer server) => SourceAsync(server.Port);

    private static async Task<ToaSource> SourceAsync(int port)
    {
        Stage.Use(Provider.None);
        using Visitor visitor = new(Stage.Nat64, port);
        Seen seen = (await visitor.AskAsync())!;
        seen.Client.Should().Be(visitor.Own.ToString());
        return seen.Source;
    }
}
