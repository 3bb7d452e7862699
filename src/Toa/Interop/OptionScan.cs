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
    /// <param name="options">The options of a TCP header.</param>
    /// <param name="formats">The formats to look for.</param>
    public OptionScan(ReadOnlySpan<byte> options, FormatSet formats)
    {
        TcpOptionWalk walk = new(options);
        while (walk.MoveNext())
        {
            OptionFormat? format = formats.Find(walk.Kind, walk.Length);
            // The first of each wins: balancers write theirs before the options of the client.
            if (format == OptionFormat.Virtual && Virtual.IsEmpty)
                Virtual = walk.Value;
            if (format == OptionFormat.Network && Network.IsEmpty)
                Network = walk.Value;
            if (format is { Client: not 0 } && Format is null)
            {
                Kind = walk.Kind;
                Format = format;
                Client = walk.Value;
            }
        }
    }

    /// <summary>The kind of the first option with a client.</summary>
    public byte Kind { get; }

    /// <summary>The format of the first option with a client.</summary>
    public OptionFormat? Format { get; }

    /// <summary>The first option with a client.</summary>
    public ReadOnlySpan<byte> Client { get; }

    /// <summary>The first option of the format <see cref="OptionFormat.Virtual"/>.</summary>
    public ReadOnlySpan<byte> Virtual { get; }

    /// <summary>The first option of the format <see cref="OptionFormat.Network"/>.</summary>
    public ReadOnlySpan<byte> Network { get; }
}
