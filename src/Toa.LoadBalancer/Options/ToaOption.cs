using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>Writes a client's address as a TOA option.</summary>
internal static class ToaOption
{
    /// <summary>Writes the TOA option, and NOPs up to a multiple of 4.</summary>
    /// <returns>The number of bytes written, including NOPs.</returns>
    public static int Write(Span<byte> destination, ToaOptionFormat format, in TransportAddress client)
    {
        Span<byte> option = destination[..format.PaddedLength];
        option[..format.Length].Clear();
        option[format.Length..].Fill(TcpOptionKind.Nop);

        option[0] = format.Kind;
        option[1] = format.Length;
        BinaryPrimitives.WriteUInt16BigEndian(option[2..], client.Port);
        if (client.IsIPv4)
            BinaryPrimitives.WriteUInt32BigEndian(option[ToaOptionFormat.HeadLength..], (uint)client.Address);
        else
            BinaryPrimitives.WriteUInt128BigEndian(option[ToaOptionFormat.HeadLength..], client.Address);
        return option.Length;
    }
}
