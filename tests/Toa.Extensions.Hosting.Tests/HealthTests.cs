using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Toa.Diagnostics;
using Toa.Extensions.Hosting.Internal;
using Toa.Internal;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.Extensions.Hosting.Tests;

/// <summary>The results of the health check.</summary>
public sealed class HealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, ulong> _counters = new() { ["syn_recv_sock_toa"] = 5, ["untrusted"] = 7 };
    private bool _hasProvider = true;
    private bool _hasCounters = true;

    public HealthTests() => Stage.Use(Provider.Ours);

    [Fact]
    public async Task All_is_well()
    {
        HealthCheckResult result = await Check(Make());

        result.Status.Should().Be(HealthStatus.Healthy);
        result.Data["provider"].Should().Be("ToaEbpf");
        result.Data["untrusted"].Should().Be(7UL, "what was counted before is told, and no trouble");
    }

    [Theory]
    [InlineData(HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded)]
    public async Task No_provider(HealthStatus failureStatus)
    {
        _hasProvider = false;
        HealthCheckResult result = await Check(Make(), failureStatus);

        result.Status.Should().Be(failureStatus);
        result.Description.Should().Contain("No TOA provider serves this process").And.Contain("Load the kernel module");
        result.Data["provider"].Should().Be("None");
    }

    [Fact]
    public async Task No_provider_elsewhere_than_on_Linux()
    {
        _hasProvider = false;
        _hasCounters = false;
        (await Check(Make(isLinux: false))).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_counter_of_trouble_rises()
    {
        ToaHealthCheck check = Make();
        _counters["untrusted"] = 10;
        foreach (int _ in Enumerable.Range(0, 3))
        {
            HealthCheckResult result = await Check(check);
            result.Status.Should().Be(HealthStatus.Degraded, "whoever asks next is told as well");
            result.Description.Should().StartWith("untrusted rose by 3: ").And.Contain("the provider's trusted=");
        }

        _time.Advance(TimeSpan.FromMinutes(4));
        _counters["untrusted"] = 11;
        (await Check(check)).Description.Should().StartWith("untrusted rose by 4: ");
        _time.Advance(TimeSpan.FromMinutes(4));
        (await Check(check)).Status.Should().Be(HealthStatus.Degraded);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await Check(check)).Status.Should().Be(HealthStatus.Healthy);
        _counters["untrusted"] = 12;
        (await Check(check)).Description.Should().StartWith("untrusted rose by 1: ");
    }

    [Fact]
    public async Task Counters_that_are_no_trouble_may_rise()
    {
        ToaHealthCheck check = Make();
        _counters["syn_recv_sock_toa"] = 1000;
        (await Check(check)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_provider_that_was_loaded_anew_counts_from_nought()
    {
        ToaHealthCheck check = Make();
        _counters["untrusted"] = 0;
        (await Check(check)).Status.Should().Be(HealthStatus.Healthy);
        _counters["untrusted"] = 2;
        (await Check(check)).Description.Should().StartWith("untrusted rose by 2: ");
    }

    [Fact]
    public async Task Counters_that_are_not_to_be_had_are_no_trouble()
    {
        _hasCounters = false;
        HealthCheckResult result = await Check(Make());

        result.Status.Should().Be(HealthStatus.Healthy);
        result.Data.Should().NotContainKey("untrusted");
    }

    [Theory]
    [InlineData("untrusted")]
    [InlineData("option_malformed")]
    [InlineData("option_wrong_length")]
    [InlineData("option_duplicate")]
    [InlineData("address_unusable")]
    [InlineData("no_memory")]
    [InlineData("mptcp_unanswered")]
    [InlineData("hooks_silent")]
    public async Task Each_counter_of_trouble(string name)
    {
        _counters[name] = 1;
        ToaHealthCheck check = Make();
        _counters[name]++;

        HealthCheckResult result = await Check(check);

        result.Status.Should().Be(HealthStatus.Degraded);
        result.Description.Should().StartWith($"{name} rose by 1: ");
    }

    [Fact]
    public async Task It_is_registered_and_looks_at_this_machine()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddHealthChecks().AddToa(tags: ["network"], failureStatus: HealthStatus.Degraded);
        await using ServiceProvider provider = services.BuildServiceProvider();

        HealthReport report = await provider.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(registration => registration.Tags.Contains("network"));

        report.Entries.Keys.Should().Equal("toa");
        report.Entries["toa"].Data["provider"].Should().NotBe("None");
        report.Entries["toa"].Data.Should().ContainKeys("provider", "kernel", "operatingSystem", "container");
    }

    private ToaHealthCheck Make(bool isLinux = true) => new(Detect, Read, isLinux, _time);

    private ToaProvider Detect() =>
        ToaProvider.Detect(new HostFiles("/no/such/root"), new ProviderAnswers(Lookup: _hasProvider, Info: _hasProvider));

    private ToaStatistics? Read() => _hasCounters
        ? ToaStatistics.Parse(string.Join('\n', _counters.Select(counter => $"{counter.Key}: {counter.Value}")))
        : null;

    private static Task<HealthCheckResult> Check(ToaHealthCheck check, HealthStatus failureStatus = HealthStatus.Unhealthy) =>
        check.CheckHealthAsync(
            new HealthCheckContext { Registration = new HealthCheckRegistration("toa", check, failureStatus, tags: null) },
            CancellationToken.None);
}
