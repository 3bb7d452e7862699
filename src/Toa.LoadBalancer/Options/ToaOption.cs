using System;

namespace Toa.LoadBalancing.Options;

/// <summary>One TOA option: its kind, its length and its layout.</summary>
internal sealed record ToaOption(byte Kind, byte Length, OptionLayout Layout)
{
    /// <summary>The size of the id of the VPC. Options without one ignore it.</summary>
    public int NetworkIdBits { get; init; } = 32;

    /// <summary>Whether the NOPs are before the option, so that its values are aligned.</summary>
    public bool IsPaddedBefore { get; init; }

    /// <summary>The length including the NOPs that align the next option.</summary>
    public int PaddedLength => (Length + 3) & ~3;

    /// <summary>Writes the option, and NOPs up to a multiple of 4.</summary>
    public void Write(Span<byte> destination, in ToaOptionValues values)
    {
        Span<byte> padded = destination[..PaddedLength];
        padded.Fill(TcpOptionKind.Nop);

        Span<byte> option = padded.Slice(IsPaddedBefore ? PaddedLength - Length : 0, Length);
        option.Clear();
        option[0] = Kind;
        option[1] = Length;
        Layout(option, values);
    }
}
