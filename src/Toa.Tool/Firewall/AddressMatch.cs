using System;
using System.Net;

namespace Toa.Tool.Firewall;

/// <summary>Compares an address with a network in a rule.</summary>
internal static class AddressMatch
{
    /// <summary>Whether the text is a network or an address that contains it; null if the text is neither.</summary>
    public static bool? IsIn(IPAddress address, string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? network))
            return null;
        if (network.AddressFamily != address.AddressFamily)
            return false;
        if (slash < 0)
            return network.Equals(address);
        byte[] bytes = network.GetAddressBytes(), mask = new byte[bytes.Length];
        string length = text[(slash + 1)..];
        if (int.TryParse(length, out int bits))
        {
            for (int i = 0; i < bits && i < mask.Length * 8; i++)
                mask[i / 8] |= (byte)(0x80 >> (i % 8));
        }
        else if (IPAddress.TryParse(length, out IPAddress? dotted) && dotted.AddressFamily == address.AddressFamily)
            mask = dotted.GetAddressBytes();
        else
            return null;
        byte[] other = address.GetAddressBytes();
        for (int i = 0; i < mask.Length; i++)
        {
            if ((bytes[i] & mask[i]) != (other[i] & mask[i]))
                return false;
        }

        return true;
    }

    /// <summary>Whether it is between two others, or one of them.</summary>
    public static bool? IsBetween(IPAddress address, string first, string last)
    {
        if (!IPAddress.TryParse(first, out IPAddress? low) || !IPAddress.TryParse(last, out IPAddress? high))
            return null;
        ReadOnlySpan<byte> bytes = address.GetAddressBytes();
        return low.AddressFamily == address.AddressFamily && high.AddressFamily == address.AddressFamily
            && bytes.SequenceCompareTo(low.GetAddressBytes()) >= 0 && bytes.SequenceCompareTo(high.GetAddressBytes()) <= 0;
    }
}
