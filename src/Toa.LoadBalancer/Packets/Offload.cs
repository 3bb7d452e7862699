namespace Toa.LoadBalancing.Packets;

/// <summary>
/// Work on a TCP segment that its sender left to the network device. The default is none: the packet is as it is on the wire.
/// </summary>
/// <param name="NeedsChecksum">
/// The TCP checksum is missing: the field has the sum of the pseudo header, and the device adds that of the segment.
/// </param>
/// <param name="SegmentSize">
/// If not 0, the device divides the data into segments of this size, each with a copy of the headers.
/// </param>
/// <param name="HasCongestionFlag">Only the first of these segments gets the flag CWR.</param>
internal readonly record struct Offload(bool NeedsChecksum, ushort SegmentSize, bool HasCongestionFlag)
{
    /// <summary>The data of the largest packet on the wire.</summary>
    public int LargestPayload(int payloadLength) =>
        SegmentSize == 0 || payloadLength < SegmentSize ? payloadLength : SegmentSize;

    /// <summary>The number of packets on the wire.</summary>
    public int PacketsFor(int payloadLength) =>
        SegmentSize == 0 || payloadLength <= SegmentSize ? 1 : (payloadLength + SegmentSize - 1) / SegmentSize;
}
