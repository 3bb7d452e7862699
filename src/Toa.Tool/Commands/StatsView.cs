using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Spectre.Console;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary>Counters as text for users.</summary>
internal sealed class StatsView(Terminal terminal, bool perProcessor, bool withDeltas)
{
    public Table Create() => Tables.Create(terminal);

    /// <summary>Shows all counters as a table.</summary>
    public void Fill(Table table, StatsDocument stats)
    {
        if (table.Columns.Count == 0)
        {
            table.Add("counter").Add("total", isNumber: true);
            if (withDeltas)
                table.Add("delta", isNumber: true);
            foreach (string name in perProcessor ? ProcessorNames(stats) : [])
                table.Add(name, isNumber: true);
        }

        table.Rows.Clear();
        foreach (CounterDocument counter in stats.Counters)
        {
            IEnumerable<string> delta = withDeltas ? [WriteDelta(counter.Delta)] : [];
            IEnumerable<string> values = perProcessor ? counter.PerProcessor.Select(Write) : [];
            table.AddPlainRow([counter.Name, Write(counter.Total), .. delta, .. values]);
        }
    }

    public static bool HasMoved(StatsDocument stats) => stats.Counters.Any(counter => counter.Delta is not 0);

    /// <summary>The counters that have changed, on one line.</summary>
    public static string Line(StatsDocument stats)
    {
        string[] moved = [.. stats.Counters.Where(counter => counter.Delta is not 0)
            .Select(counter => counter.Delta is null
                ? $"{counter.Name}={Write(counter.Total)}"
                : $"{counter.Name}={Write(counter.Total)}({WriteDelta(counter.Delta)})")];
        string time = stats.Time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
        return $"{time} {(moved.Length > 0 ? string.Join(' ', moved) : "no changes")}";
    }

    private static IEnumerable<string> ProcessorNames(StatsDocument stats) => stats.Processors.Count > 0
        ? stats.Processors
        : Enumerable.Range(0, stats.Counters.Max(counter => counter.PerProcessor.Count)).Select(i => $"CPU{i}");

    private static string Write(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string WriteDelta(long? delta) =>
        delta?.ToString("+0;-0;0", CultureInfo.InvariantCulture) ?? "";
}
