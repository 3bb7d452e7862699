using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Toa.Shared;

/// <summary>Parses networks and addresses.</summary>
internal static class Cidr
{
    /// <exception cref="FormatException">The message names the text and what is wrong with it.</exception>
    public static (IPAddress BaseAddress, int PrefixLength) Parse(string text)
    {
        string[] parts = text.Split('/');
        if (!TryParseAddress(parts[0], out IPAddress? address))
            throw new FormatException(
                $"'{text}' is not a network: '{parts[0]}' is not an IP address. Use 10.0.0.16/28 or 2001:db8::/64.");

        int longest = LengthOf(address);
        int length = longest;
        bool isSound = parts.Length == 1
            || (parts.Length == 2
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length)
                && length <= longest);
        if (!isSound)
            throw new FormatException($"'{text}' is not a network: the prefix length must be 0 to {longest}.");

        IPAddress first = First(address, length);
        return first.Equals(address)
            ? (address, length)
            : throw new FormatException($"'{text}' is not a network: host bits are set. Use {first}/{length}.");
    }

    /// <exception cref="FormatException">The message names the text and what is wrong with it.</exception>
    public static (IPAddress Address, int PrefixLength) ParseAddress(string text)
    {
        if (TryParseAddress(text, out IPAddress? address))
            return (address, LengthOf(address));
        string cure = text.IndexOf('/') < 0 ? "Use 192.0.2.10 or 2001:db8::10." : "Add networks to KnownIPNetworks.";
        throw new FormatException($"'{text}' is not an IP address. {cure}");
    }

    private static int LengthOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && IsWritten(text, address);

    // .NET also parses 10 and 0x7f.1 as IPv4 addresses, and accepts fe80::1%eth0. In these lists, such text is a mistake.
    private static bool IsWritten(string text, IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => text == address.ToString(),
        _ => text.IndexOf('%') < 0 && text.IndexOf('[') < 0,
    };

    private static IPAddress First(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Min(Math.Max(length - 8 * i, 0), 8));
        return new IPAddress(bytes);
    }
}
