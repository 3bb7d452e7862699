using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Protocols;

/// <summary>The spans of requests, as OpenTelemetry exports them.</summary>
public sealed class SpanTests : PlayedTests, IDisposable
{
    private readonly List<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public SpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_spans)
                    _spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task They_have_the_client_and_the_balancer()
    {
        Visitor visitor;
        await using (WebServer server = await WebServer.StartAsync())
        {
            visitor = new(Stage.Nat64, server.Port);
            await visitor.AskAsync();
            visitor.Dispose();
        }

        Activity span = _spans.Should().ContainSingle().Subject;
        $"[{span.GetTagItem("client.address")}]:{span.GetTagItem("client.port")}".Should().Be(visitor.Client);
        span.GetTagItem("network.peer.address").Should().Be(visitor.Own.Address.ToString());
        span.GetTagItem("network.peer.port").Should().Be(visitor.Own.Port);
    }

    [Fact]
    public async Task Another_vendors_provider_does_not_tell_the_balancer()
    {
        Stage.Use(Provider.Another);
        await using (WebServer server = await WebServer.StartAsync())
        {
            using Visitor visitor = new(Stage.HybridCloud, server.Port);
            await visitor.AskAsync();
        }

        Activity span = _spans.Should().ContainSingle().Subject;
        span.GetTagItem("client.address").Should().NotBeNull();
        span.GetTagItem("network.peer.address").Should().BeNull();
    }

    [Fact]
    public async Task Without_TOA_they_are_left_alone()
    {
        await using (WebServer server = await WebServer.StartAsync(configure: _ => { }))
        {
            using Visitor visitor = new(Stage.Direct, server.Port);
            await visitor.Http.GetAsync("/no-such-page");
        }

        _spans.Should().ContainSingle().Which.GetTagItem("client.address").Should().BeNull();
    }
}
