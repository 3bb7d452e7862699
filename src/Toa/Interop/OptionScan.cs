using System;
using Toa.Internal;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>
/// Finds the TOA options among the options of a SYN, as native/include/toa_option.h does. The values are without kind and length;
/// they are empty if there is no such option.
/// </summary>
internal readonly ref struct OptionScan
{
    // The experimental Fast Open option (RFC 7413, appendix A) has a number where a TOA option has the port.
    private const byte FastOpenKind = 254;
    private const byte FastOpenFirst = 0xf9, FastOpenSecond = 0x89;

    /// <param name="options">The options of a TCP header.</param>
    /// <param name="formats">The formats to look for.</param>
    public OptionScan(ReadOnlySpan<byte> options, FormatSet formats)
    {
        TcpOptionWalk walk = new(options);
        while (walk.MoveNext())
        {
            OptionFormat? format = IsFastOpen(walk) ? null : formats.Find(walk.Kind, walk.Length);
            // The first of each wins: balancers write theirs before the options of the client.
            if (format == OptionFormat.Virtual && Virtual.IsEmpty)
                Virtual = walk.Value;
            if (format == OptionFormat.Network && Network.IsEmpty)
                Network = walk.Value;
            if (format is { Client: not 0 } && Format is null)
            {
                Format = format;
                Client = walk.Value;
            }
        }
    }

    /// <summary>The format of the first option with a client.</summary>
    public OptionFormat? Format { get; }

    /// <summary>The first option with a client.</summary>
    public ReadOnlySpan<byte> Client { get; }

    /// <summary>The first option of the format <see cref="OptionFormat.Virtual"/>.</summary>
    public ReadOnlySpan<byte> Virtual { get; }

    /// <summary>The first option of the format <see cref="OptionFormat.Network"/>.</summary>
    public ReadOnlySpan<byte> Network { get; }

    private static bool IsFastOpen(TcpOptionWalk walk) =>
        walk.Kind == FastOpenKind && walk.Value.Length >= 2 && walk.Value[0] == FastOpenFirst && walk.Value[1] == FastOpenSecond;
}
