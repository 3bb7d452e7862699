using System;
using System.Net;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <summary>One TCP segment in an IP packet, to be sent with <see cref="TcpInjector.SendRaw(TcpPacket)"/>.</summary>
public sealed record TcpPacket
{
    /// <summary>The source address and port.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>The destination; of the same address family as <see cref="Source"/>.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>Number of the first byte. Defaults to 0.</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>Number of the byte that is expected next. Defaults to 0.</summary>
    public uint AcknowledgmentNumber { get; init; }

    /// <summary>The header's flags. Defaults to <see cref="TcpControlBits.Ack"/>.</summary>
    public TcpControlBits Flags { get; init; } = TcpControlBits.Ack;

    /// <summary>The announced window. Defaults to 65535.</summary>
    public ushort Window { get; init; } = ushort.MaxValue;

    /// <summary>All option bytes of the header. Defaults to none.</summary>
    public OptionBytes Options { get; init; } = OptionBytes.None;

    /// <summary>The data. Defaults to none.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The packet's bytes, IP header first, checksums correct.</summary>
    /// <exception cref="ArgumentException">
    /// The option bytes are not a multiple of 4, or are more than 40, or the addresses are not of one family.
    /// </exception>
    public byte[] ToArray()
    {
        TcpFlow flow = TcpFlow.Between(Source, Destination);
        byte[] packet = new byte[PacketWriter.LengthOf(flow, Options.Length, Payload.Length)];
        TcpFields fields = new(SequenceNumber, AcknowledgmentNumber, Flags, Window);
        PacketWriter.Write(packet, flow, fields, Options.Span, Payload.Span);
        return packet;
    }
}
