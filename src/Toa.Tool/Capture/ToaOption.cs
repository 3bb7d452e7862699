using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Shared;
using Toa.Tool.Formats;
using Toa.Tool.Language;

namespace Toa.Tool.Capture;

/// <summary>A captured option that may be a TOA option.</summary>
/// <param name="Kind">Its kind, which TCP itself does not use.</param>
/// <param name="Length">Its length byte.</param>
/// <param name="Bytes">The whole option in hexadecimal.</param>
/// <param name="ReadAs">The format as which the provider is set to read it; null if it is not, or if the setting is not known.</param>
/// <param name="Balancer">The source of the packet.</param>
/// <param name="Local">The destination of the packet.</param>
internal sealed record ToaOption(
    byte Kind, byte Length, string Bytes, OptionFormat? ReadAs, IPEndPoint Balancer, IPEndPoint Local)
{
    private const byte UserTimeout = 28, UserTimeoutLength = 4, Experiment1 = 253, Experiment2 = 254;

    private const byte QuickStart = 27, QuickStartLength = 8;

    private const ushort FastOpen = 0xf989;

    // Identifiers of experiments (RFC 6994): Fast Open, accurate ECN (three), TCP-ENO, and the first half of that of SMC.
    private static readonly ushort[] Experiments = [FastOpen, 0xacce, 0xacc0, 0xacc1, 0x454e, 0xe2d4];

    /// <summary>What the option contains: one reading for each format that it may have, with the formats of vendors first.</summary>
    public IReadOnlyList<OptionReading> Readings
    {
        get
        {
            byte[] bytes = Convert.FromHexString(Bytes);
            IReadOnlyList<OptionFormat> formats = ReadAs is null ? FormatWord.FormatsOf(Kind, Length) : [ReadAs];
            return [.. formats.Select(format => OptionReading.Read(format, bytes))];
        }
    }

    /// <summary>Whether a vendor writes it, or the provider is set to read it.</summary>
    public bool IsKnown => ReadAs is not null || Readings.Any(reading => reading.Vendors.Count > 0);

    /// <summary>Whether its format has no client: it adds to an option that has one.</summary>
    public bool IsCompanion => Readings is [{ Client: null }, ..];

    /// <summary>The current option of a walk; null if TCP itself uses it.</summary>
    /// <param name="walk">The walk, at the option.</param>
    /// <param name="segment">The segment with the option.</param>
    /// <param name="formats">The provider's setting; null if it is not known.</param>
    public static ToaOption? Read(in TcpOptionWalk walk, in TcpSegment segment, FormatSetting? formats)
    {
        if (IsOfTcp(walk, segment) || (IsRare(walk) && formats?.HasKind(walk.Kind) != true))
            return null;
        string bytes = Convert.ToHexStringLower([walk.Kind, walk.Length, .. walk.Value]);
        return new ToaOption(
            walk.Kind, walk.Length, bytes, formats?.FormatOf(walk.Kind, walk.Length), segment.Source, segment.Destination);
    }

    /// <summary>The option in words.</summary>
    public Message Describe()
    {
        Message or = $", or ";
        string readings = string.Join(or.ToString(), Readings.Select(reading => reading.Describe()));
        Message content = Readings.Count == 0 ? (Message)$"bytes {Bytes}, unknown format"
            : IsKnown ? (Message)$"{readings}"
            : $"bytes {Bytes}, would read as {readings}";
        return $"kind {Kind}, length {Length}, {content}, from {Balancer} to {Local}";
    }

    private static bool IsOfTcp(in TcpOptionWalk walk, in TcpSegment segment) =>
        OptionKind.BelongsToTcp(walk.Kind) || walk is { Kind: UserTimeout, Length: UserTimeoutLength }
        || IsFastOpen(walk, segment) || IsExperiment(walk);

    // Echo (6, 7), partial order (9, 10), T/TCP (11 to 13), other checksums (14, 15, 18), Quick-Start. The balancer and the
    // providers accept these kinds as settings: if one is set, its options are TOA options.
    private static bool IsRare(in TcpOptionWalk walk) =>
        walk is { Kind: 6 or 7 or (>= 9 and <= 15) or 18 } or { Kind: QuickStart, Length: QuickStartLength };

    // The experimental Fast Open option (RFC 7413, appendix A) is on SYNs only. On other segments, the identifier is a client's port.
    private static bool IsFastOpen(in TcpOptionWalk walk, in TcpSegment segment) =>
        walk is { Kind: Experiment2, Length: > 3 } && segment.HasSyn && BinaryPrimitives.ReadUInt16BigEndian(walk.Value) == FastOpen;

    // Only with a length that no TOA option of the kind has: otherwise a provider that reads the kind treats it as one.
    private static bool IsExperiment(in TcpOptionWalk walk) =>
        walk is { Kind: Experiment1 or Experiment2, Length: > 3 } && FormatWord.FormatsOf(walk.Kind, walk.Length).Count == 0
        && Experiments.Contains(BinaryPrimitives.ReadUInt16BigEndian(walk.Value));
}
