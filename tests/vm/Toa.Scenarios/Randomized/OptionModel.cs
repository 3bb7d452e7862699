using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace Toa.Scenarios.Randomized;

/// <summary>
/// An independent implementation of the provider's rules. It shares no code with the kernel module or the library.
/// </summary>
/// <param name="Verdict">The kind of the client, or the reason why no client is expected.</param>
/// <param name="Client">The client; null if there is no valid one.</param>
/// <param name="Duplicate">Whether another valid option with a client follows the first one.</param>
/// <param name="Info">toa_info, but for the transport peer.</param>
internal sealed record OptionModel(Verdict Verdict, IPEndPoint? Client, bool Duplicate, ToaInfo Info)
{
    private static readonly ToaInfo s_nothing = new(0, 0, ToaInfo.NoEndPoint, ToaInfo.NoEndPoint);

    public static OptionModel Of(ReadOnlySpan<byte> header, IReadOnlyDictionary<byte, ModelFormat[]> kinds)
    {
        OptionList list = OptionList.Of(header);
        byte[] bytes = header.ToArray();
        var valid = (from option in list.Options
                     where kinds.ContainsKey(option.Kind)
                     let format = kinds[option.Kind].SingleOrDefault(format => format.Length == option.Length)
                     where format is not null
                     select (Bytes: bytes[option.Offset..(option.Offset + option.Length)], Format: format)).ToArray();
        var clients = valid.Where(option => option.Format.Client is not null).ToArray();
        if (clients.Length == 0)
        {
            bool isWrong = list.Options.Any(o => kinds.TryGetValue(o.Kind, out ModelFormat[]? formats) && formats.All(f => f.Length != o.Length));
            Verdict without = list.BrokenAt is not null ? Verdict.Malformed : isWrong ? Verdict.WrongLength : Verdict.NoOption;
            return new OptionModel(without, null, false, s_nothing);
        }

        (byte[] first, ModelFormat of) = clients[0];
        int port = of.Port is { } at ? BinaryPrimitives.ReadUInt16BigEndian(first.AsSpan(at)) : 0;
        byte[] address = of.Address(first, of.Client!.Value);
        bool isDuplicate = clients.Length > 1;
        if ((of.Port is not null && port == 0) || !IsUnicast(address))
            return new OptionModel(Verdict.Unusable, null, isDuplicate, s_nothing);

        // The option with the client is asked first, then those without a client in their order.
        var asked = clients[..1].Concat(valid.Where(option => option.Format.Client is null)).ToArray();
        IPEndPoint client = new(new IPAddress(address), port);
        return new OptionModel(address.Length == 4 ? Verdict.IPv4 : Verdict.IPv6, client, isDuplicate, new ToaInfo(
            first[0], first[1], Unmapped(client), ToaInfo.NoEndPoint, of.Number,
            Unmapped(asked.Select(option => option.Format.VirtualEndPoint(option.Bytes)).FirstOrDefault(end => end is not null) ?? ToaInfo.NoEndPoint),
            asked.Where(option => option.Format.NetworkId is not null).Select(option => option.Format.NetworkId!(option.Bytes)).FirstOrDefault()));
    }

    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    /// <summary>Whether the address is not unspecified, loopback or multicast. Also checks an IPv4-mapped address.</summary>
    private static bool IsUnicast(byte[] address)
    {
        if (address.Length == 4)
            return address is not [0, 0, 0, 0] and not [127, ..] and not [>= 224 and < 240, ..];
        if (address is [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, .. var mapped])
            return IsUnicast(mapped);
        return address is not [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 or 1] and not [255, ..];
    }
}
