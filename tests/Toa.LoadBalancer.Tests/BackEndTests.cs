using System.Collections.Generic;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The selection of the server for a connection.</summary>
public sealed class BackEndTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(3, 2, 0)]
    [InlineData(100, 10, 1)]
    public void Connections_follow_the_weights(int first, int second, int third)
    {
        TestCore core = Core(first, second, third);
        int sum = first + second + third;
        List<int> chosen = [.. Enumerable.Range(1, 2 * sum).Select(port => Choose(core, port))];
        foreach (int[] round in chosen.Chunk(sum))
        {
            foreach ((int server, int weight) in ((int, int)[])[(2, first), (3, second), (4, third)])
                round.Count(choice => choice == server).Should().Be(weight);
        }
    }

    [Fact]
    public void Turns_of_a_heavy_back_end_are_spread()
    {
        TestCore core = Core(4, 2, 1);
        List<int> chosen = [.. Enumerable.Range(1, 7).Select(port => Choose(core, port))];
        chosen.Should().Equal(2, 3, 2, 4, 2, 3, 2);
    }

    [Fact]
    public void A_back_end_that_is_down_gets_none_and_keeps_what_it_has()
    {
        TestCore core = Core(1, 1, 1);
        Conversation old = Conversation.Open(core, TestCore.ClientIPv6);
        BackEnd backEnd = core.Core.Listeners[1].Scheduler.BackEnds[0];
        backEnd.Address.ToEndPoint().Should().Be(old.Server);

        backEnd.IsUp = false;
        Enumerable.Range(1, 10).Select(port => Choose(core, port)).Should().OnlyContain(server => server != 2);
        old.SendData(10).Destination.Should().Be(old.Server);
        backEnd.IsUp = true;
        Enumerable.Range(11, 3).Select(port => Choose(core, port)).Should().Contain(2);
    }

    [Fact]
    public void A_back_end_without_a_port_left_is_passed_over_until_none_has_one()
    {
        TestCore core = new(options =>
        {
            options.FirstPort = options.LastPort;
            SetBackEnds(options, 100, 1);
        });

        int[] chosen = [Choose(core, 1), Choose(core, 2)];

        chosen.Should().Equal([2, 3], "each has one port, and both take a client");
        core.Counters.FlowsRefused[FlowRefusal.NoPort].Should().Be(0);
        Segment third = new Conversation(core, new(TestCore.ClientIPv6.Address, 3)).Syn();
        core.Drop(third.ToBytes(), DropReason.FlowRefused);
        core.Counters.FlowsRefused[FlowRefusal.NoPort].Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_all_are_down_or_have_no_weight_clients_are_told(bool areDown)
    {
        TestCore core = areDown ? Core(1, 1, 1) : Core(0, 0, 0);
        foreach (BackEnd backEnd in core.Core.Listeners[1].Scheduler.BackEnds)
            backEnd.IsUp = !areDown;

        Segment syn = new Conversation(core, TestCore.ClientIPv6).Syn();
        Sent reset = core.Pass(syn);
        reset.Destination.Should().Be(TestCore.ClientIPv6);
        reset.Source.Should().Be(TestCore.VirtualIPv6);
        reset.Tcp.Reset.Should().BeTrue();
        reset.Tcp.AcknowledgmentNumber.Should().Be(syn.SequenceNumber + 1);
        core.Counters.FlowsRefused[FlowRefusal.NoBackEnd].Should().Be(1);
        core.Flows.Should().BeEmpty();
    }

    [Fact]
    public void A_back_end_that_drains_gets_none_and_keeps_what_it_has()
    {
        TestCore core = Core(1, 1);
        Conversation old = Conversation.Open(core, TestCore.ClientIPv6);
        BackEnd backEnd = core.Core.Listeners[1].Scheduler.BackEnds[0];
        backEnd.OpenFlows.Should().Be(1);
        backEnd.Weight = 0;
        Enumerable.Range(1, 10).Select(port => Choose(core, port)).Should().OnlyContain(server => server == 3);
        old.SendData(10).Destination.Should().Be(old.Server);
        core.Send(old.FromClient() with { Rst = true });
        backEnd.OpenFlows.Should().Be(0, "its last connection has ended");
    }

    [Fact]
    public void The_one_with_the_fewest_connections_for_its_weight_is_next()
    {
        TestCore core = new(options =>
        {
            SetBackEnds(options, 1, 2);
            options.Listeners[1].Scheduling = BackEndScheduling.LeastConnections;
        });
        Enumerable.Range(1, 6).Select(port => Choose(core, port)).Should().Equal(3, 2, 3, 3, 2, 3);

        Conversation ended = new(core, new(TestCore.ClientIPv6.Address, 7));
        ended.SendSyn().Destination.Address.GetAddressBytes()[3].Should().Be(3);
        ended.SendSynAck();
        ended.SendAck();
        core.Send(ended.FromClient() with { Rst = true });
        Choose(core, 8).Should().Be(3, "the reset connection does not count any more");
    }

    [Fact]
    public void A_client_always_gets_the_same_one_and_others_stay_when_one_goes()
    {
        TestCore core = new(options =>
        {
            SetBackEnds(options, 1, 1, 2);
            options.Listeners[1].Scheduling = BackEndScheduling.SourceHash;
        });
        int[] first = [.. Enumerable.Range(1, 400).Select(client => ChooseFor(core, client, port: 1))];
        Enumerable.Range(1, 400).Select(client => ChooseFor(core, client, port: 2)).Should().Equal(first);
        first.Count(server => server == 4).Should().BeInRange(150, 250, "it has half of the weight");

        core.Core.Listeners[1].Scheduler.BackEnds[0].IsUp = false;
        int[] later = [.. Enumerable.Range(1, 400).Select(client => ChooseFor(core, client, port: 3))];
        later.Zip(first).Where(pair => pair.Second != 2).Should().OnlyContain(pair => pair.First == pair.Second);
        later.Should().NotContain(2);
    }

    [Fact]
    public void A_single_failure_or_success_changes_nothing()
    {
        HealthState state = new(new HealthCheckOptions { FailuresToDown = 3, SuccessesToUp = 2 });
        state.IsUp.Should().BeTrue();
        Observe(state, false, false, true, false, false).Should().BeTrue();
        Observe(state, false).Should().BeFalse();
        Observe(state, true, false, true).Should().BeFalse();
        Observe(state, true).Should().BeTrue();
    }

    [Fact]
    public void A_verdict_is_said_once()
    {
        HealthState state = new(new HealthCheckOptions { FailuresToDown = 2, SuccessesToUp = 1 });
        ((bool[])[true, false, false, false, true, true]).Select(state.Observe)
            .Should().Equal(false, false, true, false, true, false);
    }

    private static bool Observe(HealthState state, params bool[] outcomes)
    {
        foreach (bool outcome in outcomes)
            state.Observe(outcome);
        return state.IsUp;
    }

    private static TestCore Core(params int[] weights) => new(options => SetBackEnds(options, weights));

    private static void SetBackEnds(LoadBalancerOptions options, params int[] weights)
    {
        ListenerOptions listener = options.Listeners[1];
        listener.BackEnds.Clear();
        for (int i = 0; i < weights.Length; i++)
        {
            IPAddress address = new([10, 0, 0, (byte)(i + 2)]);
            listener.BackEnds.Add(new BackEndOptions { Address = new(address, 80), Weight = weights[i] });
        }
    }

    private static int Choose(TestCore core, int port) =>
        new Conversation(core, new(TestCore.ClientIPv6.Address, port)).SendSyn().Destination.Address.GetAddressBytes()[3];

    private static int ChooseFor(TestCore core, int client, int port) =>
        new Conversation(core, new(IPAddress.Parse($"2001:db8::{client:x}"), port)).SendSyn().Destination.Address.GetAddressBytes()[3];
}
