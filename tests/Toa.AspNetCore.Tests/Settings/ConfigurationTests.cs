using System;
using System.Collections.Generic;
using System.Linq;
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

/// <summary>The section Toa of the configuration.</summary>
public sealed class ConfigurationTests : PlayedTests
{
    [Fact]
    public void All_settings()
    {
        ToaOptions options = Read(
            ("Toa:KnownProxies:0", "192.0.2.10"), ("Toa:KnownProxies:1", "2001:db8::10"),
            ("Toa:KnownIPNetworks:0", "10.0.0.0/8"), ("Toa:KnownIPNetworks:1", "2001:db8::/32"),
            ("Toa:WhenUntrusted", "Refuse"), ("Toa:WhenUnknown", "UseTransportPeer"), ("Toa:WhenNoProvider", "refuse"),
            ("Toa:ReadSavedSyn", "True"), ("Toa:Formats:0", "huawei"), ("Toa:Formats:1", "200/8"));

        options.KnownProxies.Should().Equal("192.0.2.10", "2001:db8::10");
        options.KnownIPNetworks.Should().Equal("10.0.0.0/8", "2001:db8::/32");
        options.WhenUntrusted.Should().Be(ToaAction.Refuse);
        options.WhenUnknown.Should().Be(ToaAction.UseTransportPeer);
        options.WhenNoProvider.Should().Be(ToaAction.Refuse);
        options.ReadSavedSyn.Should().BeTrue();
        options.Formats.Should().Equal("huawei", "200/8");
    }

    [Fact]
    public void Formats_in_one_text()
    {
        Read(("toa:formats", "huawei,200/8")).Formats.Should().Equal("huawei,200/8");

        ToaOptions options = new();
        new ConfigurationBuilder()
            .AddInMemoryCollection([new("Formats", "huawei,200/8")]).Build().Bind(options);
        options.Formats.Should().Equal("huawei,200/8");
    }

    [Fact]
    public async Task Lists_in_one_text_as_environment_variables_have_them()
    {
        await using WebServer server = await StartAsync(
            [("Toa:KnownIPNetworks", "10.0.0.0/8, 127.0.0.0/8"), ("toa:knownproxies", "192.0.2.10")], builder => builder.WebHost.UseToa());

        (await TrustAsync(server)).Should().Be(ToaTrust.Trusted);
    }

    [Theory]
    [InlineData("Toa:KnownIPNetworks:0")]
    [InlineData("Toa:KnownIPNetworks")]
    public async Task The_binder_of_NET_reads_them_too(string key)
    {
        await using WebServer server = await StartAsync([(key.Replace("Toa:", "Balancers:"), "10.0.0.0/8")], builder =>
        {
            builder.WebHost.UseToa();
            builder.Services.Configure<ToaOptions>(builder.Configuration.GetSection("Balancers"));
        });

        (await TrustAsync(server)).Should().Be(ToaTrust.Untrusted);
    }

    [Fact]
    public async Task What_is_left_empty_is_found_behind_the_binder_of_NET()
    {
        await FluentActions.Awaiting(() => StartAsync([("Balancers:KnownIPNetworks", "")], builder =>
            {
                builder.WebHost.UseToa();
                builder.Services.Configure<ToaOptions>(builder.Configuration.GetSection("Balancers"));
            }))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage("KnownIPNetworks contains an empty entry*");
    }

    [Fact]
    public async Task A_section_of_another_name()
    {
        await using WebServer server = await StartAsync(
            [("Balancers:KnownIPNetworks:0", "10.0.0.0/8")],
            builder => builder.Services.AddToa(builder.Configuration.GetSection("Balancers")));

        (await TrustAsync(server)).Should().Be(ToaTrust.Untrusted);
    }

    [Fact]
    public void Nothing_there()
    {
        ToaOptions options = Read();

        options.KnownProxies.Should().BeEmpty();
        options.KnownIPNetworks.Should().BeEmpty();
        options.Formats.Should().BeEmpty();
        options.WhenUntrusted.Should().Be(ToaAction.UseTransportPeer);
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
    [InlineData("Toa:KnownIPNetworks:1", "10.0.0.1/8", "KnownIPNetworks: '10.0.0.1/8' is not a network*")]
    [InlineData("Toa:KnownIPNetworks", "10.0.0.0/8;fd00::/8", "KnownIPNetworks: '10.0.0.0/8;fd00::/8' is not a network*")]
    [InlineData("Toa:KnownIPNetworks:0", "", "KnownIPNetworks contains an empty entry. Use 192.0.2.10 or 10.0.0.16/28, *")]
    [InlineData("Toa:KnownIPNetworks", "", "KnownIPNetworks contains an empty entry*")]
    [InlineData("Toa:KnownProxies", null, "KnownProxies contains an empty entry*")]
    [InlineData("Toa:KnownIPNetworks", "10.0.0.0/8,", "KnownIPNetworks contains an empty entry*")]
    [InlineData("Toa:KnownIPNetworks", "0.0.0.0/0", "KnownIPNetworks: '0.0.0.0/0' contains all IPv4 addresses*Use the balancers' networks*")]
    [InlineData("Toa:KnownIPNetworks:0", "::/0", "KnownIPNetworks: '::/0' contains all*")]
    [InlineData("Toa:WhenUntrusted", "Refuse", "WhenUntrusted is Refuse, but no known proxies are configured*KnownIPNetworks*")]
    [InlineData("Toa:WhenUnknown", "Refuse", "WhenUnknown is Refuse, but no known proxies are configured*")]
    [InlineData("Toa", "10.0.0.0/8", "Toa must be a section, but is '10.0.0.0/8'. Valid settings: KnownProxies*")]
    [InlineData("Toa", "", "Toa must be a section*")]
    [InlineData("Toa:KnownProxies:0", "balancer.example", "KnownProxies: 'balancer.example' is not an IP address*")]
    [InlineData("Toa:KnownProxies:0", "10.0.0.0/8", "*Add networks to KnownIPNetworks*")]
    [InlineData("Toa:WhenUntrusted", "Drop", "Toa:WhenUntrusted must be one of UseTransportPeer, Refuse, but is 'Drop'.")]
    [InlineData("Toa:ReadSavedSyn", "1", "Toa:ReadSavedSyn must be true or false, but is '1'.")]
    [InlineData("Toa:Formats:0", "tencentcloud", "Formats: 'tencentcloud' is not a format: use tencent, *")]
    [InlineData("Toa:Formats", "", "Formats: the list is empty: *")]
    [InlineData("Toa:Formats", "baidu,8/8", "Formats: '8/8': kind 8 belongs to TCP: *")]
    [InlineData("Toa:WhenUntrusted", "1", "Toa:WhenUntrusted must be one of*")]
    [InlineData("Toa:KnownNetworks:0", "10.0.0.0/8", "Unknown setting 'Toa:KnownNetworks'. Valid settings: KnownProxies, KnownIPNetworks*")]
    public async Task A_bad_entry_is_named_and_keeps_the_server_from_starting(string key, string? value, string message)
    {
        (string, string?)[] settings = [(key, value)];

        await FluentActions.Awaiting(() => StartAsync(settings, builder => builder.WebHost.UseToa()))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage(message);
        await FluentActions.Awaiting(() => StartAsync(settings, _ => { }, useToaAtEndpoint: true))
            .Should().ThrowAsync<Exception>().WithMessage(message);
    }

    [Fact]
    public void Every_bad_entry_is_named()
    {
        FluentActions.Invoking(() => Read(("Toa:KnownProxies:0", "one"), ("Toa:KnownProxies:2", "two"), ("Toa:KnownIPNetworks:0", "0.0.0.0/0")))
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

    private static async Task<ToaTrust> TrustAsync(WebServer server)
    {
        using Visitor visitor = new(Stage.Nat64, server.Port);
        return (await visitor.AskAsync())!.Trust;
    }

    private static Task<WebServer> StartAsync(
        (string Key, string? Value)[] settings, Action<WebApplicationBuilder> configure, bool useToaAtEndpoint = false) =>
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
