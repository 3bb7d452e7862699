using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.LoadBalancing.Options;

/// <summary>The TOA options that a segment carries together: one with the client, and then its companions.</summary>
internal sealed class ToaOptionGroup(params ToaOption[] options)
{
    public IReadOnlyList<ToaOption> Options => options;

    /// <summary>The option with the client.</summary>
    public ToaOption Client => options[0];

    /// <summary>The length in a header, a multiple of 4.</summary>
    public int Length { get; } = options.Sum(option => option.PaddedLength);

    /// <summary>The size of the id of the VPC in bits.</summary>
    public int NetworkIdBits { get; } = options.Min(option => option.NetworkIdBits);

    public void Write(Span<byte> destination, in ToaOptionValues values)
    {
        foreach (ToaOption option in options)
        {
            option.Write(destination, values);
            destination = destination[option.PaddedLength..];
        }
    }
}
