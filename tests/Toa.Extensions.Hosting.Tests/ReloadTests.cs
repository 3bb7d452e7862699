using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Extensions.Hosting.Tests;

/// <summary>The configuration changes while the server runs.</summary>
public sealed class ReloadTests : IAsyncDisposable
{
    private static readonly ToaEndPoint Peer = new(IPEndPoint.Parse("10.0.0.5:4000"), ToaSource.TransportPeer);
    private static readonly ToaEndPoint Client = new(IPEndPoint.Parse("192.0.2.10:5555"), ToaSource.IPv4Option);

    private readonly LogRecorder<ToaResolver> _log = new();
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly ServiceProvider _services;

    public ReloadTests()
    {
        ServiceCollection services = new();
        services.AddSingleton<ILogger<ToaResolver>>(_log);
        services.AddSingleton<IConfiguration>(_configuration);
        _configuration["Toa:KnownIPNetworks:0"] = "10.0.0.0/8";
        _services = services.AddToaResolver().BuildServiceProvider();
    }

    private ToaResolver Resolver => _services.GetRequiredService<ToaResolver>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public void The_resolver_takes_the_new_options()
    {
        Trust().Should().Be(ToaTrust.Trusted);

        Change(("Toa:KnownIPNetworks:0", "192.168.0.0/16"), ("Toa:WhenUntrusted", "Refuse"));

        Trust(isServed: false).Should().Be(ToaTrust.Untrusted);
        Lines(LogLevel.Information).Should().Equal("The TOA options were reloaded.");
    }

    [Fact]
    public void It_warns_of_strangers_anew()
    {
        Change(("Toa:KnownIPNetworks:0", "192.168.0.0/16"));
        Trust().Should().Be(ToaTrust.Untrusted);
        Trust();
        Lines(LogLevel.Warning).Should().ContainSingle();

        Change(("Toa:KnownIPNetworks:0", "172.16.0.0/12"));
        Trust();

        Lines(LogLevel.Warning).Should().HaveCount(2);
    }

    [Theory]
    [InlineData("Toa:KnownIPNetworks:1", "10.0.0.1/8", "*KnownIPNetworks: '10.0.0.1/8' is not a network*")]
    [InlineData("Toa:KnownIPNetwork", "10.0.0.0/8", "*Unknown setting 'Toa:KnownIPNetwork'*")]
    [InlineData("Toa:Formats", "8/8", "*Formats: '8/8': kind 8 belongs to TCP*")]
    [InlineData("Toa:WhenUntrusted", "Drop", "*must be one of UseTransportPeer, Refuse*")]
    public void Invalid_options_are_refused_and_the_earlier_ones_stay(string key, string value, string message)
    {
        Trust().Should().Be(ToaTrust.Trusted);

        this.Invoking(t => t.Change((key, value))).Should().NotThrow();

        Trust().Should().Be(ToaTrust.Trusted);
        Lines(LogLevel.Error).Should().ContainSingle().Which.Should().Match(message).And.Contain("the earlier ones stay in force");
    }

    [Theory]
    [InlineData("KnownIPNetworks:0", "10.0.0.0/8", "The new options have no known proxies*")]
    [InlineData("WhenNoProvider", "Refuse", "With the new options, no connection would be refused*")]
    public async Task A_configuration_that_is_lost_switches_no_check_off(string key, string value, string message)
    {
        Settings settings = new() { ["Toa:" + key] = value };
        ServiceCollection services = new();
        services.AddSingleton<ILogger<ToaResolver>>(_log);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Add(settings).Build());
        await using ServiceProvider provider = services.AddToaResolver().BuildServiceProvider();
        ToaResolver resolver = provider.GetRequiredService<ToaResolver>();

        settings.Lose();

        Lines(LogLevel.Error).Should().ContainSingle().Which.Should().Match("*the earlier ones stay in force. " + message);
        if (value == "Refuse")
        {
            ToaResolution found = new(Peer, default, ToaFallbackReason.NoProvider);
            resolver.Judge(ref found).Should().BeFalse();
        }
        else
        {
            ToaResolution found = new(Client, Peer);
            resolver.Judge(ref found).Should().BeTrue();
            found.Trust.Should().Be(ToaTrust.Trusted);
        }
    }

    [Fact]
    public void Programs_that_watch_the_options_are_no_hindrance()
    {
        _ = Resolver;
        _ = _services.GetRequiredService<IOptionsMonitor<ToaOptions>>().CurrentValue;

        Change(("Toa:KnownIPNetworks:0", "192.168.0.0/16"));

        Trust().Should().Be(ToaTrust.Untrusted);
    }

    [Theory]
    [InlineData("192.168.0.0/16", ToaTrust.Untrusted)]
    [InlineData("192.168.0.1/16", ToaTrust.Trusted)]
    public async Task A_log_that_throws_is_no_hindrance(string network, ToaTrust trust)
    {
        ServiceCollection services = new();
        services.AddSingleton<ILogger<ToaResolver>>(new BrokenLog());
        services.AddSingleton<IConfiguration>(_configuration);
        await using ServiceProvider provider = services.AddToaResolver().BuildServiceProvider();
        ToaResolver resolver = provider.GetRequiredService<ToaResolver>();

        this.Invoking(t => t.Change(("Toa:KnownIPNetworks:0", network))).Should().NotThrow();

        ToaResolution found = new(Client, Peer);
        if (trust == ToaTrust.Trusted)
            resolver.Judge(ref found).Should().BeTrue("the earlier options stay in force");
        else
            resolver.Invoking(r => r.Judge(ref found)).Should().Throw<InvalidOperationException>("an unknown peer is logged, and the log throws");
    }

    [Fact]
    public void Reading_first_packets_takes_a_restart()
    {
        _ = Resolver;

        Change(("Toa:ReadSavedSyn", "true"), ("Toa:KnownIPNetworks:0", "192.168.0.0/16"));

        Lines(LogLevel.Warning).Should().ContainSingle().Which.Should().Be("ReadSavedSyn changed, but a change requires a restart: the earlier value stays in force.");
        Trust().Should().Be(ToaTrust.Untrusted, "the other options are taken");
    }

    [Fact]
    public void Reading_other_formats_takes_a_restart()
    {
        _ = Resolver;

        Change(("Toa:Formats:0", "huawei"), ("Toa:KnownIPNetworks:0", "192.168.0.0/16"));

        Lines(LogLevel.Warning).Should().ContainSingle().Which.Should().Be("Formats changed, but a change requires a restart: the earlier value stays in force.");
        Trust().Should().Be(ToaTrust.Untrusted, "the other options are taken");
    }

    [Theory]
    [InlineData("tencent", null)]
    [InlineData("tencent,tencent", null)]
    [InlineData("253/20", " 200/8 ")]
    public void The_same_formats_in_other_words_take_no_restart(string first, string? second)
    {
        _ = Resolver;

        Change(("Toa:Formats:0", first), ("Toa:Formats:1", second));

        Lines(LogLevel.Warning).Should().BeEmpty();
        Change(("Toa:Formats:0", "200/8"), ("Toa:Formats:1", null));
        Lines(LogLevel.Warning).Should().ContainSingle().Which.Should().StartWith("Formats changed");
    }

    [Fact]
    public async Task Lookups_beside_it_go_by_one_set_of_options_or_the_other()
    {
        ToaResolver resolver = Resolver;
        using CancellationTokenSource done = new();
        Task<int> lookups = Task.Run(() =>
        {
            int count = 0;
            // Trusted and served under both sets of options, but refused under any mixture of them.
            while (!done.IsCancellationRequested || count == 0)
            {
                ToaResolution found = new(Client, Peer);
                resolver.Judge(ref found).Should().BeTrue();
                count++;
            }

            return count;
        });
        foreach (int turn in Enumerable.Range(0, 200))
        {
            bool strict = turn % 2 == 0;
            Change(
                ("Toa:KnownIPNetworks:0", strict ? "10.0.0.0/8" : "192.168.0.0/16"),
                ("Toa:WhenUntrusted", strict ? "Refuse" : "UseTransportPeer"));
        }

        await done.CancelAsync();
        (await lookups).Should().BePositive();
    }

    [Fact]
    public async Task A_host_that_has_ended_does_not_listen_any_more()
    {
        ToaResolver resolver = Resolver;
        await _services.DisposeAsync();

        Change(("Toa:KnownIPNetworks:0", "192.168.0.0/16"));

        ToaResolution found = new(Client, Peer);
        resolver.Judge(ref found);
        found.Trust.Should().Be(ToaTrust.Trusted);
    }

    private void Change(params (string Key, string? Value)[] settings)
    {
        foreach ((string key, string? value) in settings)
            _configuration[key] = value;
        _configuration.Reload();
    }

    private ToaTrust Trust(bool isServed = true)
    {
        ToaResolution found = new(Client, Peer);
        Resolver.Judge(ref found).Should().Be(isServed);
        return found.Trust;
    }

    /// <summary>Settings that can disappear, as if their file were deleted.</summary>
    private sealed class Settings : ConfigurationProvider, IConfigurationSource
    {
        public string this[string key]
        {
            set => Set(key, value);
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Lose()
        {
            Data.Clear();
            OnReload();
        }
    }

    private sealed class BrokenLog : ILogger<ToaResolver>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the log is broken");
    }

    private IEnumerable<string> Lines(LogLevel level) =>
        _log.Lines.Where(line => line.Level == level).Select(line => line.Text);
}
