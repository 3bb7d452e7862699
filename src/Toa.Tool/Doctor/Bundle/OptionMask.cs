using System;
using System.Collections.Generic;
using Toa.Shared;
using Toa.Tool.Formats;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>Replaces the addresses in a TCP option.</summary>
internal static class OptionMask
{
    private const byte SegmentSize = 2, WindowScale = 3, SackPermitted = 4, Sack = 5, Timestamps = 8;
    private const int PortSize = 2;

    /// <summary>
    /// Replaces the addresses. Ports and ids of networks stay, and so do options of TCP itself that have no addresses. All other bytes,
    /// in which addresses could be, become zero.
    /// </summary>
    /// <param name="option">The option with kind and length.</param>
    /// <param name="setting">The formats that the provider reads; null if that is not known.</param>
    /// <param name="mask">The replacements.</param>
    /// <returns>Whether the format is known.</returns>
    public static bool Apply(Span<byte> option, FormatSetting? setting, AddressMask mask)
    {
        if (option[0] is SegmentSize or WindowScale or SackPermitted or Sack or Timestamps)
            return true;
        byte kind = option[0], length = option[1];
        IReadOnlyList<OptionFormat> formats =
            OptionKind.BelongsToTcp(kind) ? [] : setting?.FormatOf(kind, length) is { } read ? [read] : FormatWord.FormatsOf(kind, length);
        Span<byte> masked = stackalloc byte[byte.MaxValue];
        (masked[0], masked[1]) = (kind, length);
        if (formats.Count > 0)
            Copy(option, masked, formats, mask);
        masked[..option.Length].CopyTo(option);
        return formats.Count > 0;
    }

    // If there are several formats, the first one is the likely one. What another one has as an address is not copied.
    private static void Copy(ReadOnlySpan<byte> option, Span<byte> masked, IReadOnlyList<OptionFormat> formats, AddressMask mask)
    {
        OptionFormat format = formats[0];
        CopyField(option, masked, format.ClientPort, PortSize);
        CopyField(option, masked, format.VirtualPort, PortSize);
        CopyField(option, masked, format.NetworkId, format.NetworkIdSize);
        for (int i = 1; i < formats.Count; i++)
        {
            masked.Slice(formats[i].Client, formats[i].Client == 0 ? 0 : formats[i].AddressSize).Clear();
            masked.Slice(formats[i].VirtualAddress, formats[i].VirtualAddress == 0 ? 0 : formats[i].AddressSize).Clear();
        }

        foreach (byte at in (ReadOnlySpan<byte>)[format.Client, format.VirtualAddress])
        {
            if (CopyField(option, masked, at, format.AddressSize))
                mask.Mask(masked.Slice(at, format.AddressSize));
        }
    }

    private static bool CopyField(ReadOnlySpan<byte> option, Span<byte> masked, byte at, int size)
    {
        if (at == 0)
            return false;
        option.Slice(at, size).CopyTo(masked[at..]);
        return true;
    }
}
