using System;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>Connections whose client address is unknown or not trusted.</summary>
public sealed class RefusalTests : PlayedTests
{
    private const string Category = "Toa.ToaResolver";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Strangers_are_refused_on_demand_and_said_once(bool atEndpoint)
    {
        await using WebServer server = await StartAsync(atEndpoint, options =>
        {
            options.KnownIPNetworks.Add("10.0.0.0/8");
            options.WhenUntrusted = ToaAction.Refuse;
        });
        for (int i = 0; i < 20; i++)
            await ExpectRefusal(server);

        server.Log.LinesOf(Category).Should().ContainSingle().Which.Should().Contain("did not come through a known proxy");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everybody_is_refused_on_demand_while_there_is_no_provider(bool atEndpoint)
    {
        await using WebServer server = await StartAsync(
            atEndpoint, options => options.WhenNoProvider = ToaAction.Refuse);
        Stage.Use(Provider.None);
        for (int i = 0; i < 20; i++)
            await ExpectRefusal(server);
        server.Log.LinesOf(Category).Should().ContainSingle().Which.Should().Contain("No TOA provider serves this process");

        Stage.Use(Provider.Ours);
        using Visitor visitor = new(Stage.Nat64, server.Port);
        (await visitor.AskAsync())!.Client.Should().Be(visitor.Client);
    }

    [Fact]
    public async Task Without_a_provider_the_server_goes_on_and_says_so_once()
    {
        await using WebServer server = await WebServer.StartAsync();
        Stage.Use(Provider.None);
        for (int i = 0; i < 20; i++)
        {
            using Visitor visitor = new(Stage.Nat64, server.Port);
            (await visitor.AskAsync())!.Client.Should().Be(visitor.Own.ToString());
        }

        server.Log.LinesOf(Category).Should().ContainSingle();
    }

    private static Task<WebServer> StartAsync(bool atEndpoint, Action<ToaOptions> configure) => atEndpoint
        ? WebServer.StartAsync(listen => listen.UseToa(configure), _ => { })
        : WebServer.StartAsync(configure: builder => builder.WebHost.UseToa(configure));

    private static bool IsNobodyListening(Exception e) => e is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static async Task ExpectRefusal(WebServer server)
    {
        using Visitor visitor = new(Stage.Nat64, server.Port);
        await visitor.Invoking(v => v.AskAsync()).Should().ThrowAsync<HttpRequestException>()
            .Where(e => !IsNobodyListening(e.GetBaseException()));
    }
}
