using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The faults that can be configured. By default, the balancer makes no faults.</summary>
public sealed class FaultTests
{
    [Fact]
    public void Packets_are_lost()
    {
        (TestCore core, Conversation conversation) = Open(faults => faults.SetBoth(path => path.Drop = 30));
        long before = core.Counters.Faults[FaultKind.Drop];
        int arrived = Enumerable.Range(0, 1000).Sum(_ => core.Send(conversation.FromClient()).Count);
        arrived.Should().BeInRange(600, 800);
        core.Counters.Faults[FaultKind.Drop].Should().Be(before + 1000 - arrived);
    }

    [Fact]
    public void Packets_are_doubled()
    {
        (TestCore core, Conversation conversation) = Open(faults => faults.SetBoth(path => path.Duplicate = 100));
        long before = core.Counters.Faults[FaultKind.Duplicate];
        IReadOnlyList<Sent> sent = core.Send(conversation.FromServer());
        sent.Should().HaveCount(2);
        sent[1].Bytes.Should().Equal(sent[0].Bytes);
        core.Counters.Faults[FaultKind.Duplicate].Should().Be(before + 1);
    }

    [Fact]
    public void Packets_are_overtaken_by_the_next_one()
    {
        (TestCore core, Conversation conversation) = Open(faults => faults.SetBoth(path => path.Reorder = 100));
        core.Send(conversation.FromClient() with { Payload = [1] }).Should().BeEmpty();
        core.Send(conversation.FromClient() with { Payload = [2] }).Select(packet => packet.Payload[0]).Should().Equal(2, 1);
        core.Send(conversation.FromServer() with { Payload = [3] }).Should().BeEmpty("each direction has its own");
    }

    [Fact]
    public void A_packet_that_nothing_overtakes_is_late()
    {
        (TestCore core, Conversation conversation) = Open(faults => faults.SetBoth(path => path.Reorder = 100));
        core.Send(conversation.FromClient() with { Payload = [1] }).Should().BeEmpty();
        core.Wait(TimeSpan.FromMilliseconds(19)).Should().BeEmpty();
        core.Wait(TimeSpan.FromMilliseconds(1)).Should().ContainSingle().Which.Payload.Should().Equal(1);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_forged_option_stands_before_or_behind_the_balancers(bool isIPv4, bool isBefore)
    {
        (TestCore core, Conversation conversation) = Open(
            faults => _ = isBefore ? faults.ForgedBefore = 100 : faults.ForgedAfter = 100,
            isIPv4 ? TestCore.ClientIPv4 : TestCore.ClientIPv6);
        Sent ack = core.Pass(conversation.FromClient());
        List<byte[]> options = ack.OptionList();
        options.Should().HaveCount(2);
        IPEndPoint forged = IPEndPoint.Parse(isIPv4 ? "203.0.113.66:6666" : "[2001:db8:bad::66]:6666");
        IPEndPoint first = ack.FindClient(options[0][0], (byte)options[0].Length)!;
        first.Should().Be(isBefore ? forged : conversation.Client);
        core.Counters.Faults[isBefore ? FaultKind.ForgedBefore : FaultKind.ForgedAfter].Should().Be(1);
    }

    [Fact]
    public void Who_the_forged_option_names_can_be_chosen()
    {
        IPEndPoint victim = IPEndPoint.Parse("[2001:db8::dead]:1");
        (TestCore core, Conversation conversation) = Open(faults =>
        {
            faults.ForgedBefore = 100;
            faults.ForgedClient = victim;
        });
        core.Pass(conversation.FromClient()).FindClient(253, 20).Should().Be(victim);
    }

    [Fact]
    public void Without_room_for_two_there_is_the_balancers_alone()
    {
        (TestCore core, Conversation conversation) = Open(faults => faults.ForgedBefore = 100);
        Sent ack = core.Pass(conversation.FromClient() with { Options = OptionBytes.Timestamps });
        ack.FindClient(253, 20).Should().Be(TestCore.ClientIPv6);
        core.Counters.Faults[FaultKind.ForgedBefore].Should().Be(0);
        core.Counters.OptionsInserted.Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_truncated_option_runs_past_the_header(bool isIPv4)
    {
        (TestCore core, Conversation conversation) = Open(
            faults => faults.Truncated = 100, isIPv4 ? TestCore.ClientIPv4 : TestCore.ClientIPv6);
        byte[] others = [.. OptionBytes.Timestamps[2..], 0, 0xff];
        Sent ack = core.Pass(conversation.FromClient() with { Options = others });
        int present = isIPv4 ? 4 : 8;
        ack.Options.Should().HaveCount(12 + present);
        ack.Options[..10].Should().Equal(others[..10]);
        ack.Options[10..12].Should().Equal([1, 1], "an end of the list would hide it");
        ack.Options[12..14].Should().Equal(isIPv4 ? (byte)200 : (byte)253, isIPv4 ? (byte)8 : (byte)20);
        core.Counters.Faults[FaultKind.Truncated].Should().Be(1);
    }

    [Fact]
    public void The_same_seed_makes_the_same_choices()
    {
        string first = Choices(42);
        Choices(42).Should().Be(first);
        Choices(43).Should().NotBe(first);
    }

    [Fact]
    public void A_forged_option_has_no_companions()
    {
        Sent ack = AckWithCompanions(faults => faults.ForgedBefore = 100);
        ack.OptionList().Select(option => (int)option[0]).Should().Equal(200, 200, 201, 202);
        ack.FindClient(200, 8).Should().Be(IPEndPoint.Parse("203.0.113.66:6666"));

        ack = AckWithCompanions(faults => faults.ForgedAfter = 100);
        ack.OptionList().Select(option => (int)option[0]).Should().Equal(200, 201, 202, 200);
        ack.FindClient(200, 8).Should().Be(TestCore.ClientIPv4);
    }

    [Fact]
    public void Of_options_that_belong_together_the_one_with_the_client_is_truncated() =>
        AckWithCompanions(faults => faults.Truncated = 100).Options.Should().Equal(200, 8, 0x9c, 0x40);

    [Fact]
    public void Each_direction_has_faults_of_its_own()
    {
        (TestCore core, Conversation conversation) = Established(faults => faults.ToClients.Drop = 100);
        core.Send(conversation.FromClient()).Should().ContainSingle();
        core.Send(conversation.FromServer()).Should().BeEmpty();
    }

    [Fact]
    public void Packets_arrive_after_the_latency_and_in_order()
    {
        (TestCore core, Conversation conversation) = Established(faults =>
        {
            faults.ToServers.Latency = TimeSpan.FromMilliseconds(50);
            faults.ToServers.Jitter = TimeSpan.FromMilliseconds(20);
        });
        for (byte i = 0; i < 100; i++)
            core.Send(conversation.FromClient() with { Payload = [i] }).Should().BeEmpty();
        core.Send(conversation.FromServer()).Should().ContainSingle("the other direction is as fast as ever");
        core.Wait(TimeSpan.FromMilliseconds(49)).Should().BeEmpty();
        IReadOnlyList<Sent> early = core.Wait(TimeSpan.FromMilliseconds(10)), late = core.Wait(TimeSpan.FromMilliseconds(11));
        early.Concat(late).Select(packet => (int)packet.Payload[0]).Should().Equal(Enumerable.Range(0, 100));
        late.Should().NotBeEmpty("a hundred packets have not all been lucky");
        core.Counters.Faults[FaultKind.Delay].Should().Be(100);
    }

    [Fact]
    public void A_bandwidth_lets_through_so_many_bits_and_drops_what_would_wait_too_long()
    {
        (TestCore core, Conversation conversation) = Established(faults => faults.ToClients.Bandwidth = 800_000);
        Segment segment = conversation.FromServer() with { Payload = new byte[1000 - 60] };
        int sent = Enumerable.Range(0, 100).Sum(_ => core.Send(segment).Count);
        sent.Should().Be(0);
        // Each packet of 1000 bytes takes 10 ms, and at most 250 ms wait.
        core.Counters.Faults[FaultKind.Bandwidth].Should().Be(100 - 26);
        core.Wait(TimeSpan.FromMilliseconds(95)).Should().HaveCount(9);
        core.Wait(TimeSpan.FromMilliseconds(1000)).Should().HaveCount(26 - 9);
    }

    [Fact]
    public void Large_packets_vanish_without_a_word()
    {
        (TestCore core, Conversation conversation) = Established(faults => faults.ToServers.LargestPacket = 1000);
        core.Send(conversation.FromClient() with { Payload = new byte[1000] }).Should().BeEmpty();
        core.Send(conversation.FromClient() with { Payload = new byte[900] }).Should().ContainSingle();
        core.Counters.Faults[FaultKind.BlackHole].Should().Be(1);
        core.Counters.IcmpSent.Should().Be(0);
    }

    [Fact]
    public void Nothing_passes_while_the_path_stalls()
    {
        (TestCore core, Conversation conversation) = Established(faults => faults.SetBoth(path => path.Stall = true));
        core.Send(conversation.FromClient()).Should().BeEmpty();
        core.Send(conversation.FromServer()).Should().BeEmpty();
        core.Core.Listeners[1].SetFaults(new FaultOptions());
        core.Send(conversation.FromClient()).Should().ContainSingle("the stall has ended");
        core.Counters.Faults[FaultKind.Stall].Should().Be(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_is_reset_at_both_ends_after_so_many_bytes(bool fromClient)
    {
        (TestCore core, Conversation conversation) = Established(
            faults => (fromClient ? faults.ToServers : faults.ToClients).ResetAfter = 1500);
        Segment segment = (fromClient ? conversation.FromClient() : conversation.FromServer()) with { Payload = new byte[1000] };
        core.Send(segment).Should().ContainSingle().Which.Payload.Should().HaveCount(1000);
        IReadOnlyList<Sent> sent = core.Send(segment with { SequenceNumber = segment.SequenceNumber + 1000 });
        sent.Should().HaveCount(2).And.OnlyContain(packet => packet.Tcp.Reset);
        sent.Select(packet => packet.Destination).Should().BeEquivalentTo([conversation.Server, conversation.Client]);
        core.Flows.Should().BeEmpty();
        core.Counters.Faults[FaultKind.Reset].Should().Be(1);
    }

    [Fact]
    public void Packets_that_wait_are_sent_when_other_faults_replace_theirs()
    {
        (TestCore core, Conversation conversation) = Established(faults => faults.ToServers.Latency = TimeSpan.FromSeconds(5));
        core.Send(conversation.FromClient() with { Payload = [7] }).Should().BeEmpty();
        core.Core.Listeners[1].SetFaults(new FaultOptions());
        core.Wait(TimeSpan.Zero).Should().ContainSingle().Which.Payload.Should().Equal(7);
    }

    [Fact]
    public void Nothing_is_wrong_by_default()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
        for (int i = 0; i < 1000; i++)
            core.Pass(conversation.FromClient());
        core.Counters.Faults.Values.Should().OnlyContain(count => count == 0);
    }

    /// <summary>A connection that is open before the faults begin.</summary>
    private static (TestCore Core, Conversation Conversation) Established(Action<FaultOptions> configure)
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv6);
        FaultOptions faults = new();
        configure(faults);
        core.Core.Listeners[1].SetFaults(faults);
        return (core, conversation);
    }

    private static Sent AckWithCompanions(Action<FaultOptions> configure)
    {
        Conversation conversation = new(
            new TestCore(options =>
            {
                options.Listeners[0].Format = ToaOptionFormat.TencentVpc;
                configure(options.Listeners[0].Faults);
            }),
            TestCore.ClientIPv4);
        conversation.SendSyn();
        conversation.SendSynAck();
        return conversation.SendAck();
    }

    private static string Choices(int seed)
    {
        (TestCore core, Conversation conversation) = Open(faults =>
        {
            faults.ToServers.Drop = 20;
            faults.ToServers.Duplicate = 20;
            faults.Seed = seed;
        });
        return string.Concat(Enumerable.Range(0, 200).Select(_ => core.Send(conversation.FromClient()).Count));
    }

    /// <summary>
    /// Opens a connection up to the client's last ACK. Repeats the segments that are lost because of the faults.
    /// </summary>
    private static (TestCore Core, Conversation Conversation) Open(Action<FaultOptions> configure, IPEndPoint? client = null)
    {
        client ??= TestCore.ClientIPv6;
        TestCore core = TestCore.With(listener =>
        {
            if (listener.VirtualAddress.AddressFamily == client.AddressFamily)
                configure(listener.Faults);
        });
        Conversation conversation = new(core, client);
        for (int i = 0; i < 1000 && (core.Flows.Count == 0 || core.Flows[0].PacketsFromServer == 0); i++)
        {
            core.Send(conversation.Syn());
            core.Wait(TimeSpan.FromMilliseconds(20));
            if (core.Flows.Count == 1)
                core.Send(conversation.SynAckTo(core.Flows[0]));
            core.Wait(TimeSpan.FromMilliseconds(20));
        }

        conversation.ClientNext++;
        conversation.ServerNext++;
        return (core, conversation);
    }
}
