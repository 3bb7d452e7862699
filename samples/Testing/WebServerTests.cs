using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Toa.Testing;
using Xunit;

namespace Samples.Testing;

/// <summary>An ASP.NET Core server behind the balancer.</summary>
public sealed class WebServerTests : IAsyncLifetime
{
    private ToaTestNetwork? _network;
    private WebApplication? _server;
    private ToaTestBalancer? _balancer;

    [SkippableTheory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8::7")]
    public async Task The_server_sees_the_client(string client)
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        using HttpClient http = _balancer!.CreateHttpClient(IPAddress.Parse(client));

        string seen = await http.GetStringAsync("/");

        seen.Should().Be(client);
    }

    public async Task InitializeAsync()
    {
        if (ToaTestNetwork.SkipReason is not null)
            return;
        _network = await ToaTestNetwork.StartAsync();
        _server = BuildServer(_network);
        await _server.StartAsync();
        IPEndPoint address = IPEndPoint.Parse(new Uri(_server.Urls.First()).Authority);
        _balancer = ToaTestBalancer.Start(_network, address);
    }

    public async Task DisposeAsync()
    {
        if (_balancer is not null)
            await _balancer.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
    }

    // Your own server instead of this one: only the sockets and the known proxies are the test's.
    private static WebApplication BuildServer(ToaTestNetwork network)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = network.Bind);
        builder.WebHost.UseToa(toa =>
        {
            toa.ReadSavedSyn = true;
            foreach (string balancers in ToaTestNetwork.BalancerNetworks)
                toa.KnownIPNetworks.Add(balancers);
        });
        WebApplication server = builder.Build();
        server.MapGet("/", (HttpContext request) => request.Connection.RemoteIpAddress!.ToString());
        return server;
    }
}
