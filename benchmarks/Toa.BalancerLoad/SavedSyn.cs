using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toa.BalancerLoad;

/// <summary>Reads the option on a connection's SYN, which the kernel has kept.</summary>
internal static class SavedSyn
{
    private const int TcpLevel = 6, Saved = 28, PortsAndMore = 20;

    public static IPEndPoint? ClientOf(Socket server)
    {
        Span<byte> buffer = stackalloc byte[128];
        ReadOnlySpan<byte> syn = buffer[..server.GetRawSocketOption(TcpLevel, Saved, buffer)];
        ReadOnlySpan<byte> tcp = syn[((syn[0] & 15) * 4)..];
        ReadOnlySpan<byte> options = tcp[PortsAndMore..((tcp[12] >> 4) * 4)];
        while (options is [not 0, ..])
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }

            if (options is [200, 8, ..] or [253, 20, ..])
            {
                IPAddress address = new(options[4..options[1]]);
                return new IPEndPoint(address, BinaryPrimitives.ReadUInt16BigEndian(options[2..]));
            }

            options = options[options[1]..];
        }

        return null;
    }
}
