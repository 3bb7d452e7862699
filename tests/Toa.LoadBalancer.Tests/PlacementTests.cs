using System.Collections.Generic;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The segments that carry the TOA option.</summary>
public sealed class PlacementTests
{
    [Fact]
    public void Until_the_client_acknowledges_data_of_the_server()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.UntilAcknowledged);
        Names(conversation.SendAck()).Should().BeTrue();
        Names(conversation.SendAck()).Should().BeTrue("the first may have been lost");
        Segment old = conversation.FromClient();
        conversation.SendServerData(10);
        Names(conversation.SendAck()).Should().BeFalse("this is the acknowledgement");
        Names(conversation.SendData(5)).Should().BeFalse();
        Names(core.Pass(old)).Should().BeFalse("an old one that comes late tells nothing new");
    }

    [Fact]
    public void Until_the_server_acknowledges_data_of_the_client()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.UntilAcknowledged);
        Names(conversation.SendAck()).Should().BeTrue();
        Segment first = conversation.FromClient() with { Payload = [1, 2, 3] };
        Names(core.Pass(first)).Should().BeTrue();
        conversation.ClientNext += 3;
        Names(conversation.SendData(20)).Should().BeTrue();
        Names(core.Pass(first)).Should().BeTrue("it may have been lost");
        core.Pass(conversation.FromServer());
        Names(conversation.SendData(5)).Should().BeFalse();
    }

    [Fact]
    public void A_FIN_without_data_carries_it_as_well()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.UntilAcknowledged);
        Names(core.Pass(conversation.FromClient() with { Fin = true })).Should().BeTrue();
    }

    [Fact]
    public void A_reset_never_carries_it()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.SynAndUntilAcknowledged);
        Names(core.Pass(conversation.FromClient() with { Rst = true })).Should().BeFalse();
    }

    [Fact]
    public void The_SYN_as_well()
    {
        TestCore core = TestCore.With(listener => listener.Placement = OptionPlacement.SynAndUntilAcknowledged);
        Conversation conversation = new(core, TestCore.ClientIPv6);
        Sent syn = core.Pass(conversation.Syn() with { Options = OptionBytes.LinuxSyn(1440) });
        syn.FindClient(253, 20).Should().Be(TestCore.ClientIPv6);
        syn.Options.Should().HaveCount(40, "what Linux sends leaves room for exactly that");
        Names(conversation.SendSyn()).Should().BeTrue("it may have been lost");
        conversation.SendSynAck();
        Names(conversation.SendAck()).Should().BeTrue();
    }

    [Fact]
    public void The_first_data_alone()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.FirstData);
        Names(conversation.SendAck()).Should().BeFalse();
        conversation.SendServerData(10);
        Names(conversation.SendAck()).Should().BeFalse();
        Segment first = conversation.FromClient() with { Payload = [1, 2, 3] };
        Names(core.Pass(first)).Should().BeTrue("also where the server speaks first");
        conversation.ClientNext += 3;
        Names(conversation.SendData(20)).Should().BeFalse();
        Names(core.Pass(first)).Should().BeTrue("it may have been lost");
        core.Pass(conversation.FromServer());
        Names(core.Pass(first)).Should().BeFalse("it has arrived");
    }

    [Fact]
    public void The_ACK_of_the_handshake_alone()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.HandshakeAck);
        Segment ack = conversation.FromClient();
        Names(conversation.SendAck()).Should().BeTrue();
        Names(core.Pass(ack)).Should().BeTrue("it may have been lost");
        Names(core.Pass(ack with { Fin = true })).Should().BeFalse();
        Names(conversation.SendData(20)).Should().BeFalse();
        Names(core.Pass(ack with { SequenceNumber = ack.SequenceNumber + 20 })).Should().BeFalse("this one comes after data");
        core.Pass(conversation.FromServer());
        Names(core.Pass(ack)).Should().BeFalse("it has arrived");
    }

    [Fact]
    public void A_handshake_that_ends_with_data_has_no_bare_ACK()
    {
        (_, Conversation conversation) = Open(OptionPlacement.HandshakeAck);
        Names(conversation.SendData(20)).Should().BeFalse();
    }

    [Theory]
    [InlineData(OptionPlacement.UntilAcknowledged, true)]
    [InlineData(OptionPlacement.SynAndUntilAcknowledged, true)]
    [InlineData(OptionPlacement.FirstData, true)]
    [InlineData(OptionPlacement.HandshakeAck, false)]
    [InlineData(OptionPlacement.None, false)]
    public void The_first_data_with_a_FIN(OptionPlacement placement, bool carries)
    {
        (TestCore core, Conversation conversation) = Open(placement);
        Names(core.Pass(conversation.FromClient() with { Payload = [1, 2, 3], Fin = true })).Should().Be(carries);
    }

    [Fact]
    public void None()
    {
        (_, Conversation conversation) = Open(OptionPlacement.None);
        Names(conversation.SendAck()).Should().BeFalse();
        Names(conversation.SendData(20)).Should().BeFalse();
    }

    [Fact]
    public void Data_on_the_SYN_is_not_taken_for_the_first_data_acknowledged()
    {
        TestCore core = new();
        Conversation conversation = new(core, TestCore.ClientIPv6);
        Sent syn = core.Pass(conversation.Syn() with { Payload = [1, 2, 3, 4] });
        Segment synAck = new()
        {
            Source = syn.Destination,
            Destination = syn.Source,
            Syn = true,
            Ack = true,
            SequenceNumber = 5000,
            AcknowledgmentNumber = 1005,
        };
        core.Pass(synAck);
        Names(core.Pass(conversation.FromClient() with { SequenceNumber = 1005, AcknowledgmentNumber = 5001 })).Should().BeTrue();
    }

    [Fact]
    public void A_server_that_starts_over_is_followed()
    {
        (TestCore core, Conversation conversation) = Open(OptionPlacement.UntilAcknowledged);
        conversation.ServerNext = 4_000_000_000;
        core.Pass(conversation.SynAck() with { AcknowledgmentNumber = conversation.ClientNext });
        conversation.ServerNext++;
        Names(conversation.SendAck()).Should().BeTrue();
        conversation.SendServerData(10);
        Names(conversation.SendAck()).Should().BeFalse();
        core.Pass(conversation.FromServer() with { Rst = true });
        core.Flows.Should().ContainSingle().Which.State.Should().Be(FlowState.Closed);
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(uint.MaxValue - 1)]
    [InlineData(uint.MaxValue - 2)]
    public void Numbers_that_wrap_around_change_nothing(uint initial)
    {
        TestCore core = new();
        Conversation conversation = new(core, TestCore.ClientIPv4, initial, initial);
        conversation.SendSyn();
        conversation.SendSynAck();
        List<bool> seen = [Names(conversation.SendAck()), Names(conversation.SendData(7))];
        conversation.SendServerData(10);
        seen.Add(Names(conversation.SendAck()));
        seen.Should().Equal(true, true, false);
    }

    private static bool Names(Sent sent) => sent.FindClient(253, 20) is not null || sent.FindClient(200, 8) is not null;

    private static (TestCore Core, Conversation Conversation) Open(OptionPlacement placement)
    {
        TestCore core = TestCore.With(listener => listener.Placement = placement);
        Conversation conversation = new(core, TestCore.ClientIPv6);
        conversation.SendSyn();
        conversation.SendSynAck();
        return (core, conversation);
    }
}
