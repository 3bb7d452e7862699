using System.Collections.Generic;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Endpoints;

/// <summary>One call for all endpoints, from every kind of configuration.</summary>
public sealed class WholeServerTests : PlayedTests
{
    [Fact]
    public async Task Endpoints_from_urls()
    {
        await using WebServer server = await WebServer.StartOnAsync(
            _ => { },
            builder =>
            {
                builder.WebHost.UseToa();
                builder.WebHost.UseUrls("http://0.0.0.0:0");
            });

        await ExpectRealClient(server);
    }

    [Fact]
    public async Task Endpoints_from_configuration()
    {
        await using WebServer server = await WebServer.StartOnAsync(
            _ => { },
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?> { ["Kestrel:Endpoints:Web:Url"] = "http://0.0.0.0:0" });
                builder.WebHost.UseToa();
            });

        await ExpectRealClient(server);
    }

    [Fact]
    public async Task Endpoint_defaults_that_are_set_later_change_nothing()
    {
        await using WebServer server = await WebServer.StartAsync(configure: builder =>
        {
            builder.WebHost.UseToa();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(_ => { }));
        });

        await ExpectRealClient(server);
    }

    [Fact]
    public async Task Services_are_as_good_as_the_web_host()
    {
        await using WebServer server = await WebServer.StartAsync(configure: builder => builder.Services.AddToa());

        await ExpectRealClient(server);
        server.Services.GetRequiredService<ToaResolver>().Should().BeSameAs(server.Services.GetRequiredService<ToaResolver>());
    }

    [Fact]
    public async Task Twice_is_once()
    {
        await using WebServer server = await WebServer.StartAsync(configure: builder =>
        {
            builder.Services.AddToa();
            builder.WebHost.UseToa();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseToa()));
        });

        Calls before = Stage.Calls;
        await ExpectRealClient(server);

        (Stage.Calls - before).Should().Be(new Calls(Lookups: 0, Infos: 1, Names: 0));
    }

    [Fact]
    public async Task A_server_that_is_chosen_later_is_found()
    {
        using IHost host = new HostBuilder()
            .ConfigureServices(services => services.AddToa())
            .ConfigureWebHost(web => web
                .UseKestrel()
                .UseUrls("http://127.0.0.1:0")
                .Configure(application => application.Run(_ => Task.CompletedTask)))
            .Build();

        await host.StartAsync();

        host.Services.GetServices<IConnectionListenerFactory>().Should().ContainSingle()
            .Which.Should().BeOfType<Toa.AspNetCore.Internal.ToaTransport>();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_transport_that_would_bypass_it_keeps_the_server_from_starting()
    {
        await FluentActions.Awaiting(() => WebServer.StartAsync(configure: builder =>
            {
                builder.WebHost.UseToa();
                builder.Services.AddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
            }))
            .Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>()
            .WithMessage("SocketTransportFactory was registered after UseToa*Call UseToa or AddToa after UseSockets*");
    }

    [Fact]
    public async Task A_transport_that_was_chosen_before_is_wrapped()
    {
        await using WebServer server = await WebServer.StartAsync(configure: builder =>
        {
            builder.WebHost.UseSockets(sockets => sockets.NoDelay = true);
            builder.WebHost.UseToa();
        });

        await ExpectRealClient(server);
    }

    private static async Task ExpectRealClient(WebServer server)
    {
        using Visitor visitor = new(Stage.Nat64, server.Port);
        (await visitor.AskAsync())!.Client.Should().Be(visitor.Client);
    }
}
