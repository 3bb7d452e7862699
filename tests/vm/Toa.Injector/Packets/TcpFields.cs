namespace Toa.Injector.Packets;

/// <summary>What changes from one segment of a connection to the next.</summary>
internal readonly record struct TcpFields(
    uint SequenceNumber, uint AcknowledgmentNumber, TcpControlBits Flags, ushort Window);
