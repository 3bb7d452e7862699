using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>Decides which segments of a client carry the TOA option.</summary>
internal static class PlacementRule
{
    /// <summary>Whether a segment carries the TOA option. Call it after <see cref="FlowTracker"/> has seen the segment.</summary>
    public static bool Wants(Flow flow, in TcpSegmentView segment)
    {
        OptionPlacement placement = flow.Listener.Placement;
        if (placement == OptionPlacement.None || flow.IsOptionSettled || segment.IsReset)
            return false;
        if (segment.IsSyn)
            return placement == OptionPlacement.SynAndUntilAcknowledged;

        // This is final: on an old segment that arrives late, the option has no use for the server.
        flow.IsOptionSettled = HasAcknowledged(flow.ServerSide, flow.ClientSide);
        if (placement is OptionPlacement.HandshakeAck or OptionPlacement.FirstData)
        {
            bool isWanted = placement == OptionPlacement.FirstData
                ? !segment.Payload.IsEmpty
                : segment.Payload.IsEmpty && !segment.IsFin;
            return isWanted && !flow.IsOptionSettled && IsFirst(flow, segment);
        }

        flow.IsOptionSettled |= HasAcknowledged(flow.ClientSide, flow.ServerSide);
        return !flow.IsOptionSettled;
    }

    // Nothing of the client was before it. If the server did not accept the data in a SYN, the client sends it again.
    private static bool IsFirst(Flow flow, in TcpSegmentView segment) =>
        SequenceNumber.IsBetween(segment.SequenceNumber, flow.ClientSide.Initial + 1, flow.ClientSide.First);

    /// <summary>Whether one end has acknowledged more than the other end's SYN and the SYN's data.</summary>
    private static bool HasAcknowledged(in FlowSide side, in FlowSide other) =>
        other.IsKnown && side.HasAcknowledged && SequenceNumber.IsAfter(side.Acknowledged, other.First);
}
