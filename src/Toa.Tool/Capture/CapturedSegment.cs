using System.Buffers.Binary;
using System.Net;
using Toa.Shared;

namespace Toa.Tool.Capture;

/// <summary>The properties of a segment and its options that a capture needs.</summary>
internal static class CapturedSegment
{
    private const int DestinationPortAt = 2, SequenceAt = 4, FlagsAt = 13;
    private const byte FinBit = 1, SynBit = 2, ResetBit = 4, AckBit = 16;
    private const byte EndOfOptions = 0;

    extension(in TcpSegment segment)
    {
        public IPEndPoint Source => new(new IPAddress(segment.SourceAddress), segment.SourcePort);

        public IPEndPoint Destination => new(new IPAddress(segment.DestinationAddress), segment.DestinationPort);

        public int DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(segment.Header[DestinationPortAt..]);

        /// <summary>Whether it opens a connection: SYN without ACK.</summary>
        public bool IsSyn => (segment.Header[FlagsAt] & (SynBit | AckBit)) == SynBit;

        /// <summary>Whether it has the flag SYN: it opens a connection, or answers such a segment.</summary>
        public bool HasSyn => (segment.Header[FlagsAt] & SynBit) != 0;

        public bool HasAck => (segment.Header[FlagsAt] & AckBit) != 0;

        public bool HasFin => (segment.Header[FlagsAt] & FinBit) != 0;

        public bool HasReset => (segment.Header[FlagsAt] & ResetBit) != 0;

        public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(segment.Header[SequenceAt..]);

        public bool HasData => segment.Length > segment.Header.Length;
    }

    extension(in TcpOptionWalk walk)
    {
        /// <summary>Whether a walk that has ended stopped at a malformed option.</summary>
        public bool IsBroken => walk.Rest is not ([] or [EndOfOptions, ..]);
    }
}
