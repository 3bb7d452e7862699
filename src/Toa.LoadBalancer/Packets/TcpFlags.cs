using System;

namespace Toa.LoadBalancing.Packets;

/// <summary>The flags of a TCP header that the balancer looks at.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Rst = 0x04,
    Ack = 0x10,
}
