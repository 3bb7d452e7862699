using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Capture;

/// <summary>
/// Captures the packets that arrive at a shard, each of them once: as soon as its connection is known, or when it is dropped.
/// </summary>
internal sealed class Arrivals(PacketCapture capture)
{
    private CaptureSide _side;
    private bool _isCaptured;

    /// <summary>Call it before a packet is processed.</summary>
    public void Begin(bool isFromClient)
    {
        _side = isFromClient ? CaptureSide.Clients : CaptureSide.Servers;
        _isCaptured = false;
    }

    public void Add(in IpPacketView ip, FlowTag? flow) => Add(ip, flow, DropReason.None);

    public void AddDropped(in IpPacketView ip, DropReason reason) => Add(ip, null, reason);

    private void Add(in IpPacketView ip, FlowTag? flow, DropReason reason)
    {
        if (_isCaptured)
            return;
        _isCaptured = true;
        capture.Add(_side, isSent: false, ip.Packet, default, flow, reason);
    }
}
