using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FastEndpoints;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Toa.OtherServers.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>FastEndpoints, which runs on Kestrel.</summary>
public sealed class FastEndpointsTests : RecipeTests
{
    [Theory, MemberData(nameof(Servers))]
    public async Task An_endpoint_sees_the_real_client(string server)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(AnyPortOf(server)));
        builder.WebHost.UseToa();
        builder.Services.AddFastEndpoints(options =>
        {
            options.DisableAutoDiscovery = true;
            options.Assemblies = [typeof(Who).Assembly];
        });
        await using WebApplication application = builder.Build();
        application.UseFastEndpoints();
        await application.StartAsync();
        int port = BindingAddress.Parse(
            application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        using HttpVisitor visitor = new(IPAddress.Parse(server), port);

        (await visitor.Http.GetStringAsync("/")).Should().Be(visitor.Client);
    }

    internal sealed class Who : EndpointWithoutRequest
    {
        public override void Configure()
        {
            Get("/");
            AllowAnonymous();
        }

        public override Task HandleAsync(CancellationToken ct) => Send.StringAsync(
            new IPEndPoint(HttpContext.Connection.RemoteIpAddress!, HttpContext.Connection.RemotePort).ToString(), cancellation: ct);
    }
}
