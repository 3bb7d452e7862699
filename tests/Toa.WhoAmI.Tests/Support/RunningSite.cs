using System;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Toa.PlayedProvider;
using WhoAmI;

namespace Toa.WhoAmI.Tests.Support;

/// <summary>The web server on all IPv4 addresses and a free port, in this process.</summary>
internal sealed class RunningSite : IAsyncDisposable
{
    private readonly WebApplication _site;

    private RunningSite(WebApplication site) => _site = site;

    public int Port => BindingAddress.Parse(_site.Urls.Single()).Port;

    public Visitors Visitors => _site.Services.GetRequiredService<Visitors>();

    /// <summary>Starts the server, by default with a simulated provider of this project.</summary>
    public static async Task<RunningSite> StartAsync(Provider provider = Provider.Ours, params string[] knownNetworks)
    {
        Stage.Use(provider);
        WebApplication site = Site.Create([new IPEndPoint(IPAddress.Any, 0)], knownNetworks);
        await site.StartAsync();
        return new RunningSite(site);
    }

    /// <summary>A visitor that connects through the balancer at an address.</summary>
    public HttpVisitor Visitor(IPAddress server, string from = "127.0.0.1") => new(server, Port, from: from);

    public async ValueTask DisposeAsync()
    {
        await _site.StopAsync();
        await _site.DisposeAsync();
    }
}
