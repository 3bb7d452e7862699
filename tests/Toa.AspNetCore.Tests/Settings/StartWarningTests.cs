using System;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Settings;

/// <summary>The warnings at start if any peer can forge the client address.</summary>
public sealed class StartWarningTests : PlayedTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_checks_who_writes_options(bool atEndpoint)
    {
        await using WebServer server = await StartAsync(atEndpoint, _ => { });

        LinesOf(server).Should().ContainSingle().Which.Should().StartWith("TOA options from any source are accepted: no known proxies are configured, "
            + "and the provider's trusted= cannot be read.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Known_proxies_check(bool atEndpoint)
    {
        await using WebServer server = await StartAsync(atEndpoint, options => options.KnownProxies.Add("192.0.2.10"));

        LinesOf(server).Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_provider_there_are_no_options()
    {
        Stage.Use(Provider.None);
        await using WebServer server = await WebServer.StartAsync();

        LinesOf(server).Should().BeEmpty();
    }

    [Theory]
    [InlineData(ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, null, true)]
    [InlineData(ForwardedHeaders.XForwardedFor, "192.0.2.10", false)]
    [InlineData(ForwardedHeaders.XForwardedProto, null, false)]
    public async Task Forwarded_headers_from_everyone(ForwardedHeaders headers, string? known, bool isWarned)
    {
        await using WebServer server = await WebServer.StartAsync(configure: builder =>
        {
            builder.WebHost.UseToa(options => options.KnownProxies.Add("192.0.2.10"));
            builder.Services.Configure<ForwardedHeadersOptions>(options =>
            {
                options.ForwardedHeaders = headers;
                options.KnownProxies.Clear();
#if NET10_0_OR_GREATER
                options.KnownIPNetworks.Clear();
#else
                options.KnownNetworks.Clear();
#endif
                if (known is not null)
                    options.KnownProxies.Add(System.Net.IPAddress.Parse(known));
            });
        });

        LinesOf(server).Any(line => line.StartsWith("X-Forwarded-For is accepted from any source", StringComparison.Ordinal))
            .Should().Be(isWarned);
    }

    private static Task<WebServer> StartAsync(bool atEndpoint, Action<ToaOptions> configure) => atEndpoint
        ? WebServer.StartAsync(listen => listen.UseToa(configure), _ => { })
        : WebServer.StartAsync(configure: builder => builder.WebHost.UseToa(configure));

    private static string[] LinesOf(WebServer server) => [.. server.Log.LinesOfToa()];
}
