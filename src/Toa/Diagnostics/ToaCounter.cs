using System.Collections.Generic;

namespace Toa.Diagnostics;

/// <summary>A row of /proc/net/toa_stats.</summary>
public sealed class ToaCounter
{
    internal ToaCounter(string name, IReadOnlyList<ulong> perProcessor)
    {
        Name = name;
        PerProcessor = perProcessor;
        foreach (ulong value in perProcessor)
            Total = unchecked(Total + value);
    }

    /// <summary>The counter's name, such as <c>syn_recv_sock_toa</c>.</summary>
    public string Name { get; }

    /// <summary>Its value on each processor, counted since the provider was loaded.</summary>
    public IReadOnlyList<ulong> PerProcessor { get; }

    /// <summary>The sum over all processors.</summary>
    public ulong Total { get; }
}
