using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Capture;

/// <summary>Captures the packets that are sent to one side.</summary>
internal sealed class CapturingSink(IPacketSink sink, PacketCapture capture, CaptureSide side) : IPacketSink
{
    public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow)
    {
        capture.Add(side, isSent: true, headers, payload, flow, DropReason.None);
        sink.Send(headers, payload, offload, flow);
    }
}
