using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Capture;

/// <summary>
/// The connection that a captured packet belongs to. A <see cref="Flows.Flow"/> is reused when its connection is over, but the packets
/// of that connection may not be written yet.
/// </summary>
internal sealed class FlowTag(TransportAddress client, TransportAddress virtualAddress, TransportAddress source, TransportAddress server)
{
    private string? _text;

    public FlowState State { get; set; }

    // Made by the thread that writes, for the first packet.
    public override string ToString() =>
        _text ??= $"client {client}, virtual address {virtualAddress}, source {source}, server {server}";
}
