using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;

namespace Toa.Tool.Commands;

/// <summary>The counters at one moment.</summary>
/// <param name="Time">The time.</param>
/// <param name="Processors">The processors' names; empty if the provider does not report them.</param>
/// <param name="Counters">The counters, in the provider's order.</param>
internal sealed record StatsDocument(
    DateTimeOffset Time, IReadOnlyList<string> Processors, IReadOnlyList<CounterDocument> Counters)
{
    public static StatsDocument From(DateTimeOffset time, ToaStatistics now, ToaStatistics? before) =>
        new(time, now.Processors, [.. now.Counters.Select(counter => CounterDocument.From(counter, before))]);
}

/// <summary>One counter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Total">Its sum over the processors.</param>
/// <param name="Delta">
/// The change since the previous document; null in the first one. Negative if the provider was reloaded.
/// </param>
/// <param name="PerProcessor">Its value on each processor.</param>
internal sealed record CounterDocument(string Name, ulong Total, long? Delta, IReadOnlyList<ulong> PerProcessor)
{
    public static CounterDocument From(ToaCounter counter, ToaStatistics? before) =>
        new(counter.Name, counter.Total, unchecked((long?)(counter.Total - before?[counter.Name])),
            counter.PerProcessor);
}
