using System.Collections.Generic;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;
using Yarp.ReverseProxy.Configuration;

namespace Toa.AspNetCore.Tests.Protocols;

/// <summary>A reverse proxy behind the balancer, which passes the client on to the servers behind it.</summary>
public sealed class ProxyTests : PlayedTests
{
    [Fact]
    public async Task Yarp_forwards_the_real_client()
    {
        await using WebServer behind = await WebServer.StartAsync(
            configure: _ => { },
            map: application => application.MapGet("/forwarded", (HttpRequest request) => request.Headers["X-Forwarded-For"].ToString()));
        await using WebServer proxy = await WebServer.StartAsync(
            configure: builder =>
            {
                builder.WebHost.UseToa();
                builder.Services.AddReverseProxy().LoadFromMemory(
                    [new RouteConfig { RouteId = "all", ClusterId = "behind", Match = new RouteMatch { Path = "/forwarded" } }],
                    [
                        new ClusterConfig
                        {
                            ClusterId = "behind",
                            Destinations = new Dictionary<string, DestinationConfig>
                            {
                                ["one"] = new() { Address = $"http://{Stage.Direct}:{behind.Port}" },
                            },
                        },
                    ]);
            },
            map: application => application.MapReverseProxy());
        using Visitor visitor = new(Stage.Nat64, proxy.Port, from: "127.0.7.9");

        (await visitor.Http.GetStringAsync("/forwarded")).Should().Be("2001:db8::7f00:709");
    }
}
