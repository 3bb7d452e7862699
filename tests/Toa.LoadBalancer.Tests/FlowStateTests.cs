using System.Linq;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The state of a connection in the balancer.</summary>
public sealed class FlowStateTests
{
    private readonly TestCore _core = new();

    private FlowState State => _core.Flows.Should().ContainSingle().Subject.State;

    [Fact]
    public void A_handshake_opens_a_flow()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv6);
        conversation.SendSyn();
        State.Should().Be(FlowState.Opening);
        conversation.SendSynAck();
        State.Should().Be(FlowState.Opening);
        conversation.SendAck();
        State.Should().Be(FlowState.Established);

        FlowEntry flow = _core.Flows.Should().ContainSingle().Subject;
        flow.Client.Should().Be(TestCore.ClientIPv6);
        flow.VirtualAddress.Should().Be(TestCore.VirtualIPv6);
        flow.Source.Should().Be(conversation.Source);
        flow.BackEnd.Should().Be(TestCore.Server);
        flow.PacketsFromClient.Should().Be(2);
        flow.PacketsFromServer.Should().Be(1);
        flow.OptionsWritten.Should().Be(1);
    }

    [Fact]
    public void A_SYN_that_is_sent_again_belongs_to_the_same_flow()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv4);
        Sent first = _core.Pass(conversation.Syn());
        _core.Pass(conversation.Syn()).Source.Should().Be(first.Source);
        _core.Counters.FlowsOpened.Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FINs_close_in_either_order(bool clientFirst)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        if (clientFirst)
            conversation.SendFin();
        else
            conversation.SendServerFin();
        State.Should().Be(FlowState.HalfClosed);
        conversation.SendServerData(100);
        conversation.SendData(100);
        State.Should().Be(FlowState.HalfClosed);
        if (clientFirst)
            conversation.SendServerFin();
        else
            conversation.SendFin();
        State.Should().Be(FlowState.Closing);
        _core.Pass(clientFirst ? conversation.FromClient() : conversation.FromServer());
        State.Should().Be(FlowState.Closed);
    }

    [Fact]
    public void FINs_at_the_same_time_close_once_both_are_acknowledged()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        Segment client = conversation.FromClient() with { Fin = true };
        Segment server = conversation.FromServer() with { Fin = true };
        _core.Pass(client);
        _core.Pass(server);
        State.Should().Be(FlowState.Closing);
        _core.Pass(Acknowledge(client, server));
        State.Should().Be(FlowState.Closing);
        _core.Pass(Acknowledge(server, client));
        State.Should().Be(FlowState.Closed);

        static Segment Acknowledge(Segment ownFin, Segment otherFin) => ownFin with
        {
            Fin = false,
            SequenceNumber = ownFin.SequenceNumber + 1,
            AcknowledgmentNumber = otherFin.SequenceNumber + 1,
        };
    }

    [Fact]
    public void A_lost_last_acknowledgement_can_be_sent_again()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        conversation.Close();
        Segment fin = conversation.FromServer() with { Fin = true, SequenceNumber = conversation.ServerNext - 1 };
        _core.Pass(fin).Destination.Should().Be(TestCore.ClientIPv6);
        _core.Pass(conversation.FromClient()).Destination.Should().Be(TestCore.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_in_sequence_closes(bool fromClient)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        conversation.SendData(100);
        conversation.SendServerData(100);
        _core.Pass((fromClient ? conversation.FromClient() : conversation.FromServer()) with { Rst = true });
        State.Should().Be(FlowState.Closed);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 100_000)]
    [InlineData(true, -100_000)]
    [InlineData(false, 1)]
    [InlineData(false, -100_000)]
    public void A_reset_out_of_sequence_is_passed_on_and_not_believed(bool fromClient, int offset)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Segment segment = fromClient ? conversation.FromClient() : conversation.FromServer();
        _core.Pass(segment with { Rst = true, SequenceNumber = segment.SequenceNumber + (uint)offset });
        State.Should().Be(FlowState.Established, "its receiver does not believe it either");
    }

    [Fact]
    public void A_refusal_closes_and_another_SYN_opens_again()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv4);
        conversation.SendSyn();
        _core.Pass(conversation.FromServer() with { Rst = true, SequenceNumber = 0, AcknowledgmentNumber = 1 });
        State.Should().Be(FlowState.Opening, "it refuses somebody else");
        _core.Pass(conversation.FromServer() with { Rst = true, SequenceNumber = 0 });
        State.Should().Be(FlowState.Closed);

        int port = conversation.Source.Port;
        conversation.SendSyn().Source.Port.Should().NotBe(port);
        State.Should().Be(FlowState.Opening);
    }

    [Fact]
    public void A_client_that_uses_its_port_again_gets_another_flow()
    {
        Conversation old = Conversation.Open(_core, TestCore.ClientIPv6);
        old.Close();
        Conversation next = new(_core, TestCore.ClientIPv6, clientSequence: 777_000);
        next.SendSyn().Source.Should().NotBe(old.Source);
        _core.Flows.Should().ContainSingle().Which.State.Should().Be(FlowState.Opening);
        _core.Counters.FlowsClosed.Should().Be(1);
    }

    [Fact]
    public void A_SYN_on_an_open_connection_is_the_servers_to_judge()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Segment stray = conversation.FromClient() with { Syn = true, Ack = false, SequenceNumber = 999_999 };
        _core.Pass(stray).Source.Should().Be(conversation.Source);
        State.Should().Be(FlowState.Established);
        conversation.SendData(5).Source.Should().Be(conversation.Source);
    }

    [Fact]
    public void A_new_attempt_replaces_one_that_never_came_about()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv6);
        conversation.SendSyn();
        _core.Pass(conversation.Syn() with { SequenceNumber = 123_456 }).Source.Should().NotBe(conversation.Source);
        _core.Flows.Should().ContainSingle();
    }

    [Fact]
    public void Numbers_from_elsewhere_do_not_spoil_what_is_known()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        _core.Pass(conversation.FromClient() with { SequenceNumber = conversation.ClientNext + 0x7000_0000, Fin = true });
        _core.Pass(conversation.FromServer() with { AcknowledgmentNumber = conversation.ClientNext + 0x1000_0000 });
        State.Should().Be(FlowState.Established);
        _core.Pass(conversation.FromClient() with { Rst = true });
        State.Should().Be(FlowState.Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_segment_of_no_flow_is_answered_by_a_reset(bool hasAck)
    {
        Segment stray = new Conversation(_core, TestCore.ClientIPv6).FromClient() with
        {
            Payload = [1, 2, 3],
            Ack = hasAck,
            Syn = !hasAck,
            Destination = hasAck ? TestCore.VirtualIPv6 : new(TestCore.VirtualIPv6.Address, 81),
        };
        Sent reset = _core.Pass(stray);
        reset.Source.Should().Be(stray.Destination);
        reset.Destination.Should().Be(TestCore.ClientIPv6);
        reset.Tcp.Reset.Should().BeTrue();
        reset.Tcp.Acknowledgment.Should().Be(!hasAck);
        if (hasAck)
            reset.Tcp.SequenceNumber.Should().Be(stray.AcknowledgmentNumber);
        else
            reset.Tcp.AcknowledgmentNumber.Should().Be(stray.SequenceNumber + 4);
        _core.Dropped(hasAck ? DropReason.NoFlow : DropReason.NoListener).Should().Be(1);
        _core.Counters.ResetsSent.Should().Be(1);
    }

    [Fact]
    public void A_server_that_holds_on_to_a_lost_connection_is_told()
    {
        Segment stray = new()
        {
            Source = TestCore.Server,
            Destination = new(System.Net.IPAddress.Parse("10.64.0.1"), 5000),
            Ack = true,
            AcknowledgmentNumber = 77,
        };
        Sent reset = _core.Pass(stray);
        reset.Destination.Should().Be(TestCore.Server);
        reset.Tcp.Reset.Should().BeTrue();
        reset.Tcp.SequenceNumber.Should().Be(77);
    }

    [Fact]
    public void A_reset_is_never_answered()
    {
        Segment reset = new Conversation(_core, TestCore.ClientIPv6).FromClient() with { Rst = true };
        _core.Drop(reset.ToBytes(), DropReason.NoFlow);
        _core.Drop((reset with { Destination = new(TestCore.VirtualIPv6.Address, 81) }).ToBytes(), DropReason.NoListener);
    }

    [Fact]
    public void Many_clients_have_many_sources()
    {
        for (int port = 1; port <= 5000; port++)
            Conversation.Open(_core, new(TestCore.ClientIPv6.Address, port));
        _core.Flows.Select(flow => flow.Source).Should().OnlyHaveUniqueItems().And.HaveCount(5000);
        _core.Flows.Select(flow => flow.Client).Should().OnlyHaveUniqueItems();
    }
}
