using System;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Settings;

/// <summary>The options of one endpoint.</summary>
public sealed class EndpointOptionsTests : PlayedTests
{
    private static readonly Action<WebApplicationBuilder> Nothing = _ => { };

    private static readonly Action<WebApplicationBuilder> Strangers =
        builder => builder.WebHost.UseToa(options => options.KnownIPNetworks.Add("10.0.0.0/8"));

    [Fact]
    public Task Without_any() => Expect(listen => listen.UseToa(), Nothing, ToaTrust.NotChecked);

    [Fact]
    public Task An_instance() =>
        Expect(listen => listen.UseToa(new ToaOptions { KnownProxies = { IPAddress.Loopback } }), Nothing, ToaTrust.Trusted);

    [Fact]
    public Task An_action() =>
        Expect(listen => listen.UseToa(options => options.KnownIPNetworks.Add("127.0.0.0/8")), Nothing, ToaTrust.Trusted);

    [Fact]
    public Task The_server_s_are_what_an_endpoint_begins_with() =>
        Expect(listen => listen.UseToa(options => options.KnownIPNetworks.Add("192.0.2.0/24")), Strangers, ToaTrust.Untrusted);

    [Fact]
    public Task They_can_be_changed_for_one_endpoint() =>
        Expect(listen => listen.UseToa(options => options.KnownIPNetworks.Add("127.0.0.0/8")), Strangers, ToaTrust.Trusted);

    [Fact]
    public Task The_server_s_are_not_looked_at_beside_an_instance() =>
        Expect(listen => listen.UseToa(new ToaOptions()), Strangers, ToaTrust.NotChecked);

    [Fact]
    public Task What_the_server_has_found_is_not_taken_for_the_answer_of_accept() =>
        Expect(listen => listen.UseToa(new ToaOptions()), builder => builder.WebHost.UseToa(), ToaTrust.NotChecked);

    [Fact]
    public Task An_endpoint_without_options_of_its_own_has_the_server_s() =>
        Expect(listen => listen.UseToa(), Strangers, ToaTrust.Untrusted);

    [Fact]
    public void Nothing_is_no_argument()
    {
        ListenOptions listen = null!;
        foreach (Action call in new Action[] { () => listen.UseToa(), () => listen.UseToa(_ => { }), () => listen.UseToa(new ToaOptions()) })
            call.Should().Throw<ArgumentNullException>().WithParameterName("builder");
        var server = new KestrelServerOptions { ApplicationServices = new ServiceCollection().BuildServiceProvider() };
        ListenOptions? some = null;
        server.ListenAnyIP(0, listen => some = listen);
        FluentActions.Invoking(() => some!.UseToa((Action<ToaOptions>)null!)).Should().Throw<ArgumentNullException>().WithParameterName("configure");
    }

    [Fact]
    public void Nothing_is_no_argument_of_a_server()
    {
        IServiceCollection services = new ServiceCollection();
        IServiceCollection noServices = null!;
        IWebHostBuilder host = WebApplication.CreateBuilder().WebHost, noHost = null!;
        IConfiguration section = new ConfigurationBuilder().Build();
        foreach ((Action call, string parameter) in new (Action, string)[]
        {
            (() => noServices.AddToa(), "services"),
            (() => noServices.AddToa(section), "services"),
            (() => services.AddToa((IConfiguration)null!), "section"),
            (() => services.AddToa((Action<ToaOptions>)null!), "configure"),
            (() => noHost.UseToa(), "builder"),
            (() => noHost.UseToa(_ => { }), "builder"),
            (() => host.UseToa(null!), "configure"),
        })
        {
            call.Should().Throw<ArgumentNullException>().WithParameterName(parameter);
        }
        services.Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_entry_keeps_the_server_from_starting()
    {
        await FluentActions.Awaiting(() =>
                WebServer.StartAsync(listen => listen.UseToa(new ToaOptions { KnownProxies = { (string)null! } }), Nothing))
            .Should().ThrowAsync<ArgumentException>().WithMessage("KnownProxies contains an empty entry*");
    }

    private static async Task Expect(Action<ListenOptions> listen, Action<WebApplicationBuilder> configure, ToaTrust trust)
    {
        await using WebServer server = await WebServer.StartAsync(listen, configure);
        using Visitor visitor = new(Stage.Nat64, server.Port);

        Seen? seen = await visitor.AskAsync();

        seen!.Trust.Should().Be(trust);
        seen.Client.Should().Be(trust == ToaTrust.Untrusted ? visitor.Own.ToString() : visitor.Client);
        seen.Original.Should().Be(visitor.Own.ToString(), "an earlier answer is not taken for accept's");
    }
}
