using System;
using System.Buffers.Binary;
using System.Linq;
using System.Net;

namespace Toa.Scenarios.Randomized;

/// <summary>
/// An independent implementation of the provider's rules, with the default settings. It shares no code with the kernel module
/// or the library.
/// </summary>
/// <param name="Verdict">The kind of the client, or the reason why no client is expected.</param>
/// <param name="Client">The client; null if there is no valid one.</param>
/// <param name="Duplicate">Whether another valid option follows the first one.</param>
internal sealed record OptionModel(Verdict Verdict, IPEndPoint? Client, bool Duplicate)
{
    public static OptionModel Of(ReadOnlySpan<byte> header)
    {
        OptionList list = OptionList.Of(header);
        int[] valid = [.. list.Options.Where(o => (o.Kind, o.Length) is (200, 8) or (253, 20)).Select(o => o.Offset)];
        if (valid.Length == 0)
        {
            Verdict without = list.BrokenAt is not null ? Verdict.Malformed
                : list.Options.Any(o => o.Kind is 200 or 253) ? Verdict.WrongLength
                : Verdict.NoOption;
            return new OptionModel(without, null, false);
        }

        ReadOnlySpan<byte> first = header[valid[0]..];
        bool ipv4 = first[0] == 200;
        int port = BinaryPrimitives.ReadUInt16BigEndian(first[2..]);
        byte[] address = first.Slice(4, ipv4 ? 4 : 16).ToArray();
        return port != 0 && IsUnicast(address)
            ? new OptionModel(ipv4 ? Verdict.IPv4 : Verdict.IPv6, new IPEndPoint(new IPAddress(address), port), valid.Length > 1)
            : new OptionModel(Verdict.Unusable, null, valid.Length > 1);
    }

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
