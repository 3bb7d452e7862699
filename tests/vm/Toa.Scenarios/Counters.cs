using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>/proc/net/toa_stats at one moment, summed over the CPUs.</summary>
internal sealed class Counters
{
    private readonly Dictionary<string, long> _values;

    private Counters(Dictionary<string, long> values) => _values = values;

    public long this[string name] => _values.TryGetValue(name, out long value)
        ? value
        : throw new ScenarioFailedException($"toa_stats has no row {name}");

    public static Counters Read(string process = "self")
    {
        var values = new Dictionary<string, long>();
        foreach (string line in Provider.Current.ReadStats(process).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string[] parts = line.Split(':');
            values[parts[0].Trim()] = parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Sum(long.Parse);
        }
        return new Counters(values);
    }

    /// <summary>Expects that the given rows have increased by these values since <paramref name="before"/>.</summary>
    public static void ExpectMoved(Counters before, params (string Row, long By)[] moves)
    {
        Counters now = Read();
        foreach ((string row, long by) in moves)
            Expect.Equal(by, now[row] - before[row], $"how far {row} moved");
    }
}
