namespace Toa.LoadBalancing.Capture;

/// <summary>What is known of a packet that waits to be written.</summary>
/// <param name="Time">Microseconds since 1970.</param>
/// <param name="Side">The side on which it passed.</param>
/// <param name="IsSent">Whether the balancer sent it.</param>
/// <param name="Flow">Its connection, if it has one.</param>
/// <param name="State">The state of the connection at that moment.</param>
/// <param name="Reason">Why the balancer dropped it.</param>
/// <param name="MissingBefore">The number of packets before it that could not be captured.</param>
internal readonly record struct CapturedPacket(
    long Time, CaptureSide Side, bool IsSent, FlowTag? Flow, FlowState State, DropReason Reason, long MissingBefore)
{
    /// <summary>The comment in the file; empty if there is nothing to say.</summary>
    public string Describe()
    {
        string text = Flow is not null ? $"{Flow}, state {State}" : Reason != DropReason.None ? $"dropped: {Reason}" : "";
        if (MissingBefore == 0)
            return text;
        return $"{text}{(text.Length > 0 ? ". " : "")}{MissingBefore} packets before this one were not captured";
    }
}
