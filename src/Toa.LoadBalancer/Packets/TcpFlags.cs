using System;

namespace Toa.LoadBalancing.Packets;

/// <summary>The TCP flags that the balancer reads.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Rst = 0x04,
    Ack = 0x10,
}
