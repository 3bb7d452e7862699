using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The lifetime of flows and ports.</summary>
public sealed class TableTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_silent_connection_expires_and_both_ends_learn_of_it()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv6);
        conversation.SendData(100);
        conversation.SendServerData(200);
        conversation.SendAck();
        core.Pass(conversation.FromServer());

        FlowOptions times = new();
        core.Wait(times.IdleTimeout - s_moment).Should().BeEmpty();
        IReadOnlyList<Sent> resets = core.Wait(s_moment);
        resets.Should().HaveCount(2).And.OnlyContain(reset => reset.Tcp.Reset);

        resets[0].Source.Should().Be(conversation.Source);
        resets[0].Destination.Should().Be(TestCore.Server);
        resets[0].Tcp.SequenceNumber.Should().Be(conversation.ClientNext, "the server believes no other number");
        resets[1].Source.Should().Be(TestCore.VirtualIPv6);
        resets[1].Destination.Should().Be(TestCore.ClientIPv6);
        resets[1].Tcp.SequenceNumber.Should().Be(conversation.ServerNext);
        core.Counters.FlowsExpired.Should().Be(1);
        core.Flows.Should().BeEmpty();
    }

    [Fact]
    public void A_packet_of_either_end_keeps_a_connection()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
        TimeSpan most = new FlowOptions().IdleTimeout - s_moment;
        core.Wait(most);
        conversation.SendData(1);
        core.Wait(most);
        conversation.SendServerData(1);
        core.Wait(most);
        core.Flows.Should().ContainSingle().Which.Idle.Should().Be(most);
    }

    [Fact]
    public void A_half_closed_connection_is_kept_as_long_as_an_open_one()
    {
        TestCore core = new();
        Conversation.Open(core, TestCore.ClientIPv4).SendFin();
        core.Wait(new FlowOptions().IdleTimeout - s_moment);
        core.Flows.Should().ContainSingle();
        core.Wait(s_moment);
        core.Flows.Should().BeEmpty();
    }

    [Fact]
    public void A_handshake_that_goes_no_further_expires_sooner()
    {
        TestCore core = new();
        new Conversation(core, TestCore.ClientIPv4).SendSyn();
        core.Wait(new FlowOptions().HandshakeTimeout).Should().BeEmpty("there is nobody to be told");
        core.Flows.Should().BeEmpty();
        core.Counters.FlowsExpired.Should().Be(1);
    }

    [Fact]
    public void A_closed_connection_goes_soon_and_silently()
    {
        TestCore core = new();
        Conversation.Open(core, TestCore.ClientIPv4).Close();
        core.Wait(new FlowOptions().ClosedTimeout).Should().BeEmpty();
        core.Flows.Should().BeEmpty();
        core.Counters.FlowsClosed.Should().Be(1);
        core.Counters.FlowsExpired.Should().Be(0);
    }

    [Fact]
    public void A_last_acknowledgement_that_never_comes_ends_a_connection_too()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
        conversation.SendFin();
        conversation.SendServerFin();
        core.Wait(new FlowOptions().ClosingTimeout);
        core.Flows.Should().BeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task An_eviction_that_cannot_send_its_resets_leaves_no_shard_locked(int queues)
    {
        TestCore core = new(options => options.Flows.MaxFlows = 1, queues);
        Open(core, 1);
        core.SendFailure = new IOException("The interface is down.");

        core.Invoking(one => one.Send(new Conversation(one, Client(2)).Syn())).Should().Throw<IOException>();

        // Another thread, because the thread that failed could enter its own lock again.
        Task<List<FlowEntry>> listing = Task.Run(() => core.Core.ListFlows(core.Now));
        (await Task.WhenAny(listing, Task.Delay(TimeSpan.FromMinutes(1)))).Should().Be(listing);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void In_a_full_table_the_oldest_makes_room(int queues)
    {
        TestCore core = new(options => options.Flows.MaxFlows = 3, queues);
        Conversation first = Open(core, 1);
        Conversation second = Open(core, 2);
        Conversation third = Open(core, 3);
        core.Now += 10;
        first.SendData(1);

        Conversation fourth = new(core, Client(4));
        IReadOnlyList<Sent> sent = core.Send(fourth.Syn());
        sent.Should().HaveCount(3);
        sent.Count(packet => packet.Tcp.Reset).Should().Be(2, "both ends of the evicted one are told");
        core.Flows.Select(flow => flow.Client).Should().BeEquivalentTo([first.Client, third.Client, fourth.Client]);
        core.Counters.FlowsEvicted.Should().Be(1);
        second.Client.Port.Should().Be(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Those_that_are_over_and_those_that_never_came_about_go_first(int queues)
    {
        TestCore core = new(options => options.Flows.MaxFlows = 3, queues);
        Open(core, 1);
        new Conversation(core, Client(2)).SendSyn();
        Open(core, 3).Close();

        core.Now++;
        new Conversation(core, Client(4)).SendSyn();
        core.Flows.Select(flow => flow.Client.Port).Should().BeEquivalentTo([1, 2, 4]);
        core.Counters.FlowsEvicted.Should().Be(0);
        new Conversation(core, Client(5)).SendSyn();
        core.Flows.Select(flow => flow.Client.Port).Should().BeEquivalentTo([1, 4, 5]);
        core.Counters.FlowsEvicted.Should().Be(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_flood_of_SYNs_evicts_its_own(int queues)
    {
        TestCore core = new(options => options.Flows.MaxFlows = 10, queues);
        Conversation open = Open(core, 1);
        Conversation closing = Open(core, 2);
        closing.SendFin();
        closing.SendServerFin();
        for (int port = 1000; port < 2000; port++)
            new Conversation(core, Client(port)).SendSyn();
        core.Flows.Should().HaveCount(10).And.Contain(flow => flow.Client.Equals(open.Client))
            .And.Contain(flow => flow.Client.Equals(closing.Client));
        core.Counters.FlowsEvicted.Should().Be(992);
        open.SendData(10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_full_table_can_refuse_instead(int queues)
    {
        TestCore core = new(options =>
        {
            options.Flows.MaxFlows = 2;
            options.Flows.WhenFull = FlowTableFullPolicy.RefuseNew;
        }, queues);
        Conversation first = Open(core, 1);
        Open(core, 2);
        core.Drop(new Conversation(core, Client(3)).Syn().ToBytes(), DropReason.FlowRefused);
        core.Counters.FlowsRefused[FlowRefusal.TableFull].Should().Be(1);

        first.Close();
        new Conversation(core, Client(3)).SendSyn();
        core.Flows.Select(flow => flow.Client.Port).Should().BeEquivalentTo([2, 3]);
    }

    [Fact]
    public void A_port_rests_before_it_comes_again()
    {
        TestCore core = new(options =>
        {
            options.FirstPort = 5000;
            options.LastPort = 5001;
        });
        Conversation first = Open(core, 1);
        Conversation second = Open(core, 2);
        first.Source.Port.Should().NotBe(second.Source.Port);
        core.Drop(new Conversation(core, Client(3)).Syn().ToBytes(), DropReason.FlowRefused);
        core.Counters.FlowsRefused[FlowRefusal.NoPort].Should().Be(1);

        first.Close();
        FlowOptions times = new();
        core.Wait(times.ClosedTimeout);
        core.Wait(times.PortRest - s_moment);
        core.Drop(new Conversation(core, Client(3)).Syn().ToBytes(), DropReason.FlowRefused);
        core.Now++;
        Conversation third = new(core, Client(3));
        third.SendSyn().Source.Should().Be(first.Source);
    }

    [Fact]
    public void Of_the_ports_that_have_rested_the_one_given_back_first_comes_first()
    {
        TestCore core = new(options =>
        {
            options.FirstPort = 5000;
            options.LastPort = 5003;
            options.Flows.PortRest = TimeSpan.Zero;
        });
        Conversation[] old = [.. Enumerable.Range(1, 4).Select(port => Open(core, port))];
        foreach (int i in (int[])[2, 0, 3, 1])
        {
            old[i].Close();
            core.Wait(new FlowOptions().ClosedTimeout);
        }

        int[] expected = [old[2].Source.Port, old[0].Source.Port, old[3].Source.Port, old[1].Source.Port];
        Enumerable.Range(11, 4).Select(port => Open(core, port).Source.Port).Should().Equal(expected);
    }

    [Fact]
    public void All_addresses_and_ports_are_used_once()
    {
        TestCore core = new(options =>
        {
            options.SourceAddresses.Clear();
            options.SourceAddresses.Add(AddressPrefix.Parse("10.64.0.0/29"));
            options.SourceAddresses.Add(AddressPrefix.Parse("10.64.0.6/32"));
            options.FirstPort = 5000;
            options.LastPort = 5009;
        });
        for (int port = 1; port <= 60; port++)
            Open(core, port);
        core.Flows.Select(flow => flow.Source).Should().OnlyHaveUniqueItems();
        core.Flows.Select(flow => flow.Source.Address.ToString()).Distinct().Should()
            .BeEquivalentTo(Enumerable.Range(1, 6).Select(i => $"10.64.0.{i}"));
        core.Send(new Conversation(core, Client(61)).Syn()).Should().BeEmpty();
    }

    [Fact]
    public void A_server_behind_two_listeners_has_its_ports_once()
    {
        TestCore core = new(options => options.LastPort = options.FirstPort + 1);
        Conversation ipv4 = Conversation.Open(core, TestCore.ClientIPv4);
        Conversation ipv6 = Conversation.Open(core, TestCore.ClientIPv6);
        ipv4.Source.Should().NotBe(ipv6.Source);
        core.Send(new Conversation(core, Client(9)).Syn()).Should().BeEmpty();
        ipv4.SendServerData(3).Destination.Should().Be(TestCore.ClientIPv4);
        ipv6.SendServerData(3).Destination.Should().Be(TestCore.ClientIPv6);
    }

    [Fact]
    public void Another_back_end_may_have_the_same_port()
    {
        TestCore core = new(options =>
        {
            options.Listeners[1].BackEnds.Add(new BackEndOptions { Address = IPEndPoint.Parse("10.0.0.3:8080") });
            options.LastPort = options.FirstPort;
        });
        Conversation one = Open(core, 1);
        Conversation other = Open(core, 2);
        one.Source.Should().Be(other.Source);
        one.Server.Should().NotBe(other.Server);
        one.SendServerData(1).Destination.Should().Be(one.Client);
        other.SendServerData(1).Destination.Should().Be(other.Client);
    }

    private static IPEndPoint Client(int port) => new(TestCore.ClientIPv6.Address, port);

    private static Conversation Open(TestCore core, int port)
    {
        // One is older than the next, also in another queue.
        core.Now++;
        return Conversation.Open(core, Client(port));
    }
}
