using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.Extensions.Hosting.Tests;

/// <summary>A server that accepts its connections itself, in a host without ASP.NET Core.</summary>
public sealed class WorkerTests
{
    public WorkerTests() => Stage.Use(Provider.Ours);

    [Theory]
    [InlineData("127.0.0.0/8", ToaTrust.Trusted)]
    [InlineData("10.0.0.0/8", ToaTrust.Untrusted)]
    public async Task It_sees_its_clients_by_the_options_of_the_configuration(string network, ToaTrust trust)
    {
        using IHost host = Host(("Toa:KnownIPNetworks:0", network));
        await host.StartAsync();

        (IPEndPoint own, ToaResolution found) = await ConnectAsync(host);

        found.Trust.Should().Be(trust);
        found.Client.ToIPEndPoint().Should().Be(trust == ToaTrust.Trusted ? Stage.ClientOf(own, Stage.Nat64) : own);
        await host.StopAsync();
    }

    [Fact]
    public async Task Invalid_options_keep_the_host_from_starting()
    {
        using IHost host = Host(("Toa:KnownIPNetworks:0", "10.0.0.1/8"), ("Toa:KnownProxies:0", "balancer.example"));

        await host.Awaiting(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>()
            .WithMessage("*'balancer.example' is not an IP address*'10.0.0.1/8' is not a network*");
    }

    [Fact]
    public async Task A_section_of_another_name_comes_after_Toa_and_code_after_both()
    {
        HostApplicationBuilder builder = Builder(
            ("Toa:WhenNoProvider", "Refuse"), ("Balancers:KnownIPNetworks:0", "127.0.0.0/8"), ("Balancers:ReadSavedSyn", "true"));
        builder.Services.AddToaResolver(builder.Configuration.GetSection("Balancers"));
        builder.Services.AddToaResolver(options => options.ReadSavedSyn = false);
        using IHost host = builder.Build();
        await host.StartAsync();

        (await ConnectAsync(host)).Found.Trust.Should().Be(ToaTrust.Trusted);
        ToaOptions options = host.Services.GetRequiredService<IOptions<ToaOptions>>().Value;
        options.WhenNoProvider.Should().Be(ToaAction.Refuse);
        options.ReadSavedSyn.Should().BeFalse();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_without_a_configuration_has_a_resolver_too()
    {
        ServiceCollection services = new();
        services.AddLogging();
        await using ServiceProvider provider = services.AddToaResolver().BuildServiceProvider();

        provider.GetRequiredService<ToaResolver>().Should().BeSameAs(provider.GetRequiredService<ToaResolver>());
    }

    [Fact]
    public void Arguments_are_checked()
    {
        ServiceCollection services = new();
        FluentActions.Invoking(() => ((IServiceCollection)null!).AddToaResolver())
            .Should().Throw<ArgumentNullException>().WithParameterName("services");
        services.Invoking(s => s.AddToaResolver((IConfiguration)null!))
            .Should().Throw<ArgumentNullException>().WithParameterName("section");
        services.Invoking(s => s.AddToaResolver((Action<ToaOptions>)null!))
            .Should().Throw<ArgumentNullException>().WithParameterName("configure");
    }

    /// <summary>Accepts one connection that came through a NAT64 balancer.</summary>
    private static async Task<(IPEndPoint Own, ToaResolution Found)> ConnectAsync(IHost host)
    {
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        using TcpClient client = new(AddressFamily.InterNetwork);
        await client.ConnectAsync(Stage.Nat64, ((IPEndPoint)listener.LocalEndpoint).Port);
        using Socket accepted = await listener.AcceptSocketAsync();
        ToaResolution found = host.Services.GetRequiredService<ToaResolver>().Resolve(accepted);
        return ((IPEndPoint)client.Client.LocalEndPoint!, found);
    }

    private static IHost Host(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Builder(settings);
        builder.Services.AddToaResolver();
        return builder.Build();
    }

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach ((string key, string value) in settings)
            builder.Configuration[key] = value;
        return builder;
    }
}
