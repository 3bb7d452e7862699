using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.ServerSentEvents;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.PlayedProvider;
using Toa.WhoAmI.Tests.Support;
using WhoAmI;
using Xunit;

namespace Toa.WhoAmI.Tests;

/// <summary>The live list of visitors.</summary>
public sealed class VisitorsTests
{
    [Fact]
    public async Task A_listener_is_told_who_was_there_and_who_comes()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor first = site.Visitor(Stage.Nat64);
        using HttpVisitor second = site.Visitor(Stage.HybridCloud, from: "127.0.3.4");
        await first.AskAsync();

        using HttpVisitor listener = site.Visitor(Stage.Direct);
        await using EventStream events = await EventStream.OpenAsync(listener.Http);
        (string kind, string[] clients) = await events.NextAsync();
        kind.Should().Be("recent");
        clients.Should().Equal(first.Client);

        await second.AskAsync();
        (kind, clients) = await events.NextAsync();
        kind.Should().Be("visit");
        clients.Should().Equal(second.Client);
    }

    [Fact]
    public async Task A_listener_that_leaves_is_forgotten()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor listener = site.Visitor(Stage.Direct);
        EventStream events = await EventStream.OpenAsync(listener.Http);
        await events.NextAsync();
        site.Visitors.Listeners.Should().Be(1);

        await events.DisposeAsync();

        Stopwatch waited = Stopwatch.StartNew();
        while (site.Visitors.Listeners > 0)
        {
            waited.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(10), "it has left");
            await Task.Delay(20);
        }
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_for_listeners_to_leave()
    {
        RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor listener = site.Visitor(Stage.Direct);
        await using EventStream events = await EventStream.OpenAsync(listener.Http);
        await events.NextAsync();

        await site.DisposeAsync();

        (await events.HasEndedAsync()).Should().BeTrue("it ends as streams end, rather than by a reset");
    }

    [Fact]
    public void The_latest_are_kept_and_no_more()
    {
        Visitors visitors = new();
        for (int port = 1; port <= Visitors.Kept + 10; port++)
            visitors.Add(Visit(port));

        visitors.Recent.Select(visit => visit.Port)
            .Should().Equal(Enumerable.Range(11, Visitors.Kept).Reverse(), "the last one is the first");
    }

    [Fact]
    public void One_that_comes_again_moves_to_the_front()
    {
        Visitors visitors = new();
        foreach (int port in new[] { 1, 2, 3, 1 })
            visitors.Add(Visit(port));

        visitors.Recent.Select(visit => visit.Port).Should().Equal(1, 3, 2);
    }

    [Fact]
    public async Task A_slow_listener_misses_the_oldest()
    {
        Visitors visitors = new();
        using CancellationTokenSource leaving = new();
        await using IAsyncEnumerator<SseItem<Visit[]>> events = visitors.ListenAsync(leaving.Token).GetAsyncEnumerator();
        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.Data.Should().BeEmpty();

        for (int port = 1; port <= 3 * Visitors.QueueLength; port++)
            visitors.Add(Visit(port));
        for (int port = 2 * Visitors.QueueLength + 1; port <= 3 * Visitors.QueueLength; port++)
        {
            (await events.MoveNextAsync()).Should().BeTrue();
            events.Current.Data.Single().Port.Should().Be(port);
        }

        await leaving.CancelAsync();
        (await events.MoveNextAsync()).Should().BeFalse();
        visitors.Listeners.Should().Be(0);
    }

    private static Visit Visit(int port) =>
        new(new IPEndPoint(IPAddress.Parse("192.0.2.10"), port).ToString(), "192.0.2.10", port, "IPv4",
            ToaSource.IPv4Option, "", "", null, ToaTrust.NotChecked, null, ToaFormat.IPv4, null, null, DateTimeOffset.UnixEpoch);
}
