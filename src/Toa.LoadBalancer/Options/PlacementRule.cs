using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>Says which segments of a client carry the option.</summary>
internal static class PlacementRule
{
    /// <summary>Whether a segment does, after the flow has taken notice of it.</summary>
    public static bool Wants(Flow flow, in TcpSegmentView segment)
    {
        OptionPlacement placement = flow.Listener.Placement;
        if (placement == OptionPlacement.None || flow.IsOptionSettled || segment.IsReset)
            return false;
        if (segment.IsSyn)
            return placement == OptionPlacement.SynAndUntilAcknowledged;

        // Settled for good: an old segment that arrives late tells the server nothing new.
        flow.IsOptionSettled = HasAcknowledged(flow.ServerSide, flow.ClientSide);
        if (placement == OptionPlacement.FirstData)
            return !flow.IsOptionSettled && IsFirstData(flow, segment);

        flow.IsOptionSettled |= HasAcknowledged(flow.ClientSide, flow.ServerSide);
        return !flow.IsOptionSettled;
    }

    // A server that does not take the data of a SYN gets it once more.
    private static bool IsFirstData(Flow flow, in TcpSegmentView segment) =>
        !segment.Payload.IsEmpty
        && SequenceNumber.IsBetween(segment.SequenceNumber, flow.ClientSide.Initial + 1, flow.ClientSide.First);

    /// <summary>Whether one end has acknowledged more of the other than its SYN, and what data that carried.</summary>
    private static bool HasAcknowledged(in FlowSide side, in FlowSide other) =>
        other.IsKnown && side.HasAcknowledged && SequenceNumber.IsAfter(side.Acknowledged, other.First);
}
