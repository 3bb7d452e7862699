using System;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using FluentAssertions;
using Toa.Internal;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>The counters of the meter Toa.</summary>
public sealed class MetricsTests : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ConcurrentQueue<Instrument> _enabled = new();

    public MetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != "Toa")
                return;
            listener.EnableMeasurementEvents(instrument);
            _enabled.Enqueue(instrument);
        };
        // Other tests make lookups on other threads at the same time.
        int thread = Environment.CurrentManagedThreadId;
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (Environment.CurrentManagedThreadId == thread)
                _seen.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} +{value}");
        });
        _listener.Start();
    }

    public void Dispose()
    {
        // On .NET 8, a listener continues to listen after its disposal. Counting is free only without a listener.
        foreach (Instrument instrument in _enabled)
            _listener.DisableMeasurementEvents(instrument);
        _listener.Dispose();
    }

    [Fact]
    public void A_lookup_is_counted_by_source_and_by_reason()
    {
        using TcpConnection connection = TcpConnection.IPv4();

        connection.Server.GetRealRemoteEndPoint();
        connection.Server.TryGetRealRemoteEndPoint(out _).Should().BeTrue();

        string[] once = ["toa.resolutions toa.source=peer_name toa.trust=not_checked +1", "toa.fallbacks toa.reason=no_provider +1"];
        _seen.Should().BeEquivalentTo([.. once, .. once]);
    }

    [Fact]
    public void A_client_from_an_option_is_no_fallback()
    {
        ToaEndPoint client = new(IPEndPoint.Parse("[2001:db8::1]:40000"), ToaSource.IPv6Option);
        ToaResolution found = new(client, default, ToaFallbackReason.None);

        new ToaResolver(new ToaOptions()).Judge(ref found).Should().BeTrue();

        _seen.Should().Equal("toa.resolutions toa.source=ipv6_option toa.trust=not_checked +1");
    }

    [Fact]
    public void A_refusal_is_counted_by_trust_and_by_reason()
    {
        ToaEndPoint peer = new(IPEndPoint.Parse("192.0.2.10:4000"), ToaSource.TransportPeer);
        ToaEndPoint client = new(IPEndPoint.Parse("[2001:db8::1]:40000"), ToaSource.IPv6Option);
        ToaResolution found = new(client, peer);

        new ToaResolver(new ToaOptions { KnownProxies = { "192.0.2.11" }, WhenUntrusted = ToaAction.Refuse })
            .Judge(ref found).Should().BeFalse();

        _seen.Should().Equal(
            "toa.resolutions toa.source=transport_peer toa.trust=untrusted +1",
            "toa.refusals toa.trust=untrusted toa.reason=untrusted_peer +1",
            "toa.fallbacks toa.reason=untrusted_peer +1");
    }

    [Fact]
    public void The_instruments_say_what_they_count()
    {
        ToaMetrics.Count(default);

        _enabled.Select(instrument => (instrument.Name, instrument.Unit)).Should().BeEquivalentTo(
        [
            ("toa.resolutions", "{resolution}"), ("toa.fallbacks", "{resolution}"), ("toa.refusals", "{connection}"),
        ]);
        _enabled.Select(instrument => instrument.Description).Should().OnlyHaveUniqueItems().And.NotContainNulls();
    }

    [Fact]
    public void A_resolver_counts_once()
    {
        using TcpConnection connection = TcpConnection.IPv4();

        new ToaResolver(new ToaOptions()).TryResolve(connection.Server, out _).Should().BeTrue();

        _seen.Where(line => line.StartsWith("toa.resolutions", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Fact]
    public void A_failure_is_not_counted()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.ResetByClient();

        connection.Server.TryGetRealClient(out _).Should().BeFalse();

        _seen.Should().BeEmpty();
    }

    [Fact]
    public void A_listener_that_throws_at_a_new_counter_costs_the_counter_alone()
    {
        // The counters are created once per process, so this test uses those of another copy of the library.
        RuntimeHelpers.RunClassConstructor(typeof(ToaMetrics).TypeHandle);
        AssemblyLoadContext context = new("listener", isCollectible: true);
        Assembly copy = context.LoadFromAssemblyPath(typeof(ToaResolver).Assembly.Location);
        int published = 0;
        using MeterListener throwing = new();
        bool isBroken = false;
        throwing.InstrumentPublished = (instrument, _) =>
        {
            if (!isBroken || instrument.Meter.Name != "Toa")
                return;
            published++;
            throw new InvalidOperationException("A listener's.");
        };
        throwing.Start();
        isBroken = true;

        try
        {
            object resolver = Activator.CreateInstance(
                copy.GetType(typeof(ToaResolver).FullName!)!, Activator.CreateInstance(copy.GetType(typeof(ToaOptions).FullName!)!), null)!;
            MethodInfo resolve = resolver.GetType().GetMethod(nameof(ToaResolver.TryResolveWithoutSocket))!;
            for (int i = 0; i < 2; i++)
                resolve.Invoke(resolver, [IPEndPoint.Parse("192.0.2.1:1"), null]).Should().Be(true);
        }
        finally
        {
            isBroken = false;
            context.Unload();
        }

        published.Should().Be(3);
    }
}
