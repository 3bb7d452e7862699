using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Settings;

/// <summary>The configuration's section Toa.</summary>
public sealed class ConfigurationTests : PlayedTests
{
    [Fact]
    public void All_settings()
    {
        ToaOptions options = Read(
            ("Toa:KnownProxies:0", "192.0.2.10"), ("Toa:KnownProxies:1", "2001:db8::10"),
            ("Toa:KnownIPNetworks:0", "10.0.0.0/8"), ("Toa:KnownIPNetworks:1", "2001:db8::/32"),
            ("Toa:WhenUntrusted", "Refuse"), ("Toa:WhenNoProvider", "refuse"),
            ("Toa:ReadSavedSyn", "True"));

        options.KnownProxies.Should().Equal(IPAddress.Parse("192.0.2.10"), IPAddress.Parse("2001:db8::10"));
        options.KnownIPNetworks.Select(network => network.ToString()).Should().Equal("10.0.0.0/8", "2001:db8::/32");
        options.WhenUntrusted.Should().Be(ToaFallback.Refuse);
        options.WhenNoProvider.Should().Be(ToaFallback.Refuse);
        options.ReadSavedSyn.Should().BeTrue();
    }

    [Fact]
    public void Lists_in_one_text_as_environment_variables_have_them()
    {
        ToaOptions options = Read(("Toa:KnownIPNetworks", "10.0.0.0/8, 192.168.0.0/16,"), ("toa:knownproxies", "192.0.2.10"));

        options.KnownIPNetworks.Select(network => network.ToString()).Should().Equal("10.0.0.0/8", "192.168.0.0/16");
        options.KnownProxies.Should().Equal(IPAddress.Parse("192.0.2.10"));
    }

    [Fact]
    public void Nothing_there()
    {
        ToaOptions options = Read();

        options.KnownProxies.Should().BeEmpty();
        options.KnownIPNetworks.Should().BeEmpty();
        options.WhenUntrusted.Should().Be(ToaFallback.UseTransportPeer);
    }

    [Fact]
    public void Code_comes_after()
    {
        ServiceCollection services = Services(("Toa:KnownIPNetworks:0", "10.0.0.0/8"));
        services.AddToa(options => options.KnownIPNetworks.Clear());

        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IOptions<ToaOptions>>().Value.KnownIPNetworks.Should().BeEmpty();
    }

    [Theory]
    [InlineData("Toa:KnownIPNetworks:1", "10.0.0.1/8", "Toa:KnownIPNetworks:1: '10.0.0.1/8' is no network*")]
    [InlineData("Toa:KnownIPNetworks", "10.0.0.0/8;fd00::/8", "Toa:KnownIPNetworks: '10.0.0.0/8;fd00::/8' is no network*")]
    [InlineData("Toa:KnownIPNetworks:0", "", "Toa:KnownIPNetworks:0: '' is no network*")]
    [InlineData("Toa:KnownProxies:0", "balancer.example", "Toa:KnownProxies:0: 'balancer.example' is no IP address*")]
    [InlineData("Toa:KnownProxies:0", "10.0.0.0/8", "*A network belongs to the known networks*")]
    [InlineData("Toa:WhenUntrusted", "Drop", "Toa:WhenUntrusted: 'Drop' is none of UseTransportPeer, Refuse*")]
    [InlineData("Toa:ReadSavedSyn", "1", "Toa:ReadSavedSyn: '1' is neither true nor false*")]
    [InlineData("Toa:WhenUntrusted", "1", "Toa:WhenUntrusted: '1' is none of*")]
    [InlineData("Toa:KnownNetworks:0", "10.0.0.0/8", "Toa:KnownNetworks is no setting. There are KnownProxies, KnownIPNetworks*")]
    public async Task A_bad_entry_is_named_and_keeps_the_server_from_starting(string key, string value, string message)
    {
        (string, string)[] settings = [(key, value)];

        await FluentActions.Awaiting(() => StartAsync(settings, builder => builder.WebHost.UseToa()))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage(message);
        await FluentActions.Awaiting(() => StartAsync(settings, _ => { }, useToaAtEndpoint: true))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage(message);
    }

    [Fact]
    public void Every_bad_entry_is_named()
    {
        FluentActions.Invoking(() => Read(("Toa:KnownProxies:0", "one"), ("Toa:KnownProxies:2", "two"), ("Toa:Foo", "bar")))
            .Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().HaveCount(3);
    }

    [Theory]
    [InlineData("127.0.0.0/8", ToaTrust.Trusted)]
    [InlineData("10.0.0.0/8", ToaTrust.Untrusted)]
    public async Task It_decides_who_is_believed(string network, ToaTrust trust)
    {
        foreach (bool atEndpoint in new[] { false, true })
        {
            await using WebServer server = await StartAsync(
                [("Toa:KnownIPNetworks:0", network)],
                builder =>
                {
                    if (!atEndpoint)
                        builder.WebHost.UseToa();
                },
                atEndpoint);
            using Visitor visitor = new(Stage.Nat64, server.Port);

            Seen? seen = await visitor.AskAsync();

            seen!.Trust.Should().Be(trust);
            seen.Client.Should().Be(trust == ToaTrust.Trusted ? visitor.Client : visitor.Own.ToString());
        }
    }

    private static Task<WebServer> StartAsync(
        (string Key, string Value)[] settings, Action<WebApplicationBuilder> configure, bool useToaAtEndpoint = false) =>
        WebServer.StartAsync(
            listen =>
            {
                if (useToaAtEndpoint)
                    listen.UseToa();
            },
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
                configure(builder);
            });

    private static ServiceCollection Services(params (string Key, string Value)[] settings)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
            .Build());
        return services;
    }

    private static ToaOptions Read(params (string Key, string Value)[] settings)
    {
        using ServiceProvider provider = Services(settings).AddToa().BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ToaOptions>>().Value;
    }
}
