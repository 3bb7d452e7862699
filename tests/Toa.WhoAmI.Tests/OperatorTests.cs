using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.PlayedProvider;
using Toa.WhoAmI.Tests.Support;
using Xunit;

namespace Toa.WhoAmI.Tests;

/// <summary>The health and the metrics for operators of the server.</summary>
public sealed class OperatorTests
{
    [Fact]
    public async Task It_is_healthy_with_a_provider()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        JsonElement health = await visitor.Http.GetFromJsonAsync<JsonElement>("/healthz");

        health.Text("status").Should().Be("Healthy");
        JsonElement check = health.GetProperty("checks").GetProperty("toa");
        check.Text("description").Should().StartWith("TOA provider: ");
        check.GetProperty("data").Text("kernel").Should().NotBeNullOrEmpty();
        check.GetProperty("data").GetProperty("container").ValueKind.Should().BeOneOf(JsonValueKind.True, JsonValueKind.False);
    }

    [Fact]
    public async Task It_is_not_without_one_and_says_what_to_do()
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.None);
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        HttpResponseMessage response = await visitor.Http.GetAsync("/healthz");

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        JsonElement check = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks").GetProperty("toa");
        check.Text("status").Should().Be("Unhealthy");
        check.Text("description").Should().Contain("Load the kernel module");
    }

    [Fact]
    public async Task Prometheus_reads_where_clients_were_learnt_and_how_the_server_fares()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        foreach (IPAddress server in new[] { Stage.Nat64, Stage.HybridCloud, Stage.Direct })
        {
            using HttpVisitor visitor = site.Visitor(server);
            await visitor.AskAsync();
        }

        using HttpVisitor prometheus = site.Visitor(Stage.Direct);
        string metrics = await prometheus.Http.GetStringAsync("/metrics");

        foreach (string source in new[] { "ipv6_option", "ipv4_option", "transport_peer" })
            metrics.Should().MatchRegex($"toa_resolutions_total{{[^}}]*toa_source=\"{source}\"[^}}]*}} [1-9]");
        metrics.Should().MatchRegex("toa_fallbacks_total{[^}]*toa_reason=\"no_option\"")
            .And.Contain("http_server_request_duration_seconds").And.Contain("kestrel_active_connections");
    }
}
