namespace Toa.Injector.Packets;

/// <summary>The header fields that change between the segments of a connection.</summary>
internal readonly record struct TcpFields(
    uint SequenceNumber, uint AcknowledgmentNumber, TcpControlBits Flags, ushort Window);
