using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>Updates the state of a flow from the segments of both ends.</summary>
internal static class FlowTracker
{
    public static void OnClientSegment(Flow flow, in TcpSegmentView segment)
    {
        flow.PacketsFromClient += segment.Packets;
        flow.BytesFromClient += segment.Payload.Length;
        Observe(flow, segment, ref flow.ClientSide, ref flow.ServerSide);
        if (flow.State == FlowState.Opening && segment.IsAck && flow.ServerSide.IsKnown)
            flow.State = FlowState.Established;
    }

    public static void OnServerSegment(Flow flow, in TcpSegmentView segment)
    {
        flow.PacketsFromServer += segment.Packets;
        flow.BytesFromServer += segment.Payload.Length;
        Observe(flow, segment, ref flow.ServerSide, ref flow.ClientSide);
    }

    private static void Observe(Flow flow, in TcpSegmentView segment, ref FlowSide sender, ref FlowSide receiver)
    {
        if (segment.IsReset)
        {
            if (IsBelievable(segment, sender, receiver))
                flow.State = FlowState.Closed;
            return;
        }

        if (segment.IsSyn)
            sender.OnSyn(segment.SequenceNumber, segment.SequenceEnd, mayStartOver: flow.State == FlowState.Opening);
        sender.OnSent(segment.SequenceEnd, segment.IsFin);
        if (segment.IsAck)
            sender.OnAcknowledged(segment.AcknowledgmentNumber, receiver);

        if (flow.State == FlowState.Closed)
            return;
        if (sender.HasAllOf(receiver) && receiver.HasAllOf(sender))
            flow.State = FlowState.Closed;
        else if (sender.HasFinished && receiver.HasFinished)
            flow.State = FlowState.Closing;
        else if (sender.HasFinished || receiver.HasFinished)
            flow.State = FlowState.HalfClosed;
    }

    /// <summary>
    /// Whether the other end accepts a reset: its sequence number must be between what that end expects and what this end has
    /// sent. Any other reset is forwarded but must not close the flow, because the other end keeps the connection.
    /// </summary>
    private static bool IsBelievable(in TcpSegmentView segment, in FlowSide sender, in FlowSide receiver)
    {
        // The sender has not sent a SYN, so the reset refuses the connection and must acknowledge the other end's SYN.
        if (!sender.IsKnown)
            return segment.IsAck
                && SequenceNumber.IsBetween(segment.AcknowledgmentNumber, receiver.Initial + 1, receiver.Next);

        uint expected = receiver.HasAcknowledged ? receiver.Acknowledged : sender.Initial;
        return SequenceNumber.IsBetween(segment.SequenceNumber, expected, sender.Next);
    }
}
