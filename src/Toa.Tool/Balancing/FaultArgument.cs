using System;
using System.Collections.Generic;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using Toa.LoadBalancing;
using Toa.Tool.Language;

namespace Toa.Tool.Balancing;

/// <summary>A fault on the command line and on the control socket: <c>drop=5</c>, <c>to-servers:latency=50ms</c>.</summary>
internal static class FaultArgument
{
    public const string Form = "[DIRECTION:]NAME[=VALUE]";

    private const string ToServers = "to-servers:", ToClients = "to-clients:";

    private static readonly (string Unit, double Factor)[] s_percent = [("", 1), ("%", 1)];
    private static readonly (string Unit, double Factor)[] s_milliseconds = [("ms", 1), ("s", 1_000)];
    private static readonly (string Unit, double Factor)[] s_bits = [("kbit", 1e3), ("mbit", 1e6), ("gbit", 1e9)];
    private static readonly (string Unit, double Factor)[] s_bytes = [("", 1), ("k", 1_000), ("m", 1_000_000)];

    private static readonly Fault[] s_faults =
    [
        Fault.OfPath("drop", "5", s_percent, 100, path => path.Drop, (path, share) => path.Drop = share),
        Fault.OfPath("duplicate", "5", s_percent, 100, path => path.Duplicate, (path, share) => path.Duplicate = share),
        Fault.OfPath("reorder", "5", s_percent, 100, path => path.Reorder, (path, share) => path.Reorder = share),
        Fault.OfPath(
            "latency", "50ms", s_milliseconds, 10_000,
            path => path.Latency.TotalMilliseconds, (path, time) => path.Latency = TimeSpan.FromMilliseconds(time)),
        Fault.OfPath(
            "jitter", "20ms", s_milliseconds, 10_000,
            path => path.Jitter.TotalMilliseconds, (path, time) => path.Jitter = TimeSpan.FromMilliseconds(time)),
        Fault.OfPath("bandwidth", "10mbit", s_bits, 1e11, path => path.Bandwidth, (path, bits) => path.Bandwidth = (long)bits),
        Fault.OfPath("mtu", "1400", s_bytes, ushort.MaxValue, path => path.LargestPacket, (path, bytes) => path.LargestPacket = (int)bytes),
        Fault.OfPath("reset-after", "100k", s_bytes, 1e15, path => path.ResetAfter, (path, bytes) => path.ResetAfter = (long)bytes),
        Fault.OfPath("stall", "", [], 0, path => path.Stall ? 1 : 0, (path, _) => path.Stall = true),
        Fault.OfOption("forged-before", faults => faults.ForgedBefore, (faults, share) => faults.ForgedBefore = share),
        Fault.OfOption("forged-after", faults => faults.ForgedAfter, (faults, share) => faults.ForgedAfter = share),
        Fault.OfOption("truncated", faults => faults.Truncated, (faults, share) => faults.Truncated = share),
    ];

    public static Action<FaultOptions>[] ParseAll(ArgumentResult values)
    {
        List<Action<FaultOptions>> faults = [];
        foreach (Token token in values.Tokens)
        {
            if (Parse(token.Value, out Action<FaultOptions> set) is { } problem)
                values.Refuse(problem);
            else
                faults.Add(set);
        }

        return [.. faults];
    }

    /// <summary>Parses a fault, and returns what sets it.</summary>
    /// <returns>The problem, or null.</returns>
    public static Message? Parse(string text, out Action<FaultOptions> set)
    {
        set = _ => { };
        string direction = text.StartsWith(ToServers, StringComparison.Ordinal) ? ToServers
            : text.StartsWith(ToClients, StringComparison.Ordinal) ? ToClients
            : "";
        string[] parts = text[direction.Length..].Split('=');
        if (Array.Find(s_faults, fault => fault.Name == parts[0]) is not { } fault)
            return $"Unknown fault '{parts[0]}'. Valid faults: {string.Join(", ", s_faults.Select(fault => fault.Name))}.";
        if (direction.Length > 0 && fault.SetPath is null)
            return $"'{text}': {fault.Name} is always on segments to servers. Use {fault.Example}.";
        if (fault.ReadValue(parts) is not { } value)
            return $"'{text}' has no valid value. Use for example {direction}{fault.Example}.";

        set = direction switch
        {
            ToServers => faults => fault.SetPath!(faults.ToServers, value),
            ToClients => faults => fault.SetPath!(faults.ToClients, value),
            _ => faults => fault.Set(faults, value),
        };
        return null;
    }

    /// <summary>The arguments that set these faults; without faults, an empty list.</summary>
    public static IReadOnlyList<string> Format(FaultOptions faults) => [.. s_faults.SelectMany(fault => fault.Format(faults))];

    /// <param name="Name">The name on the command line.</param>
    /// <param name="ExampleValue">A valid value; empty for a fault without a value.</param>
    /// <param name="Units">The units of values, with what each is worth. The first one fits all values.</param>
    /// <param name="Most">The largest value.</param>
    /// <param name="Get">Reads it. A fault of the TOA option has the same value in both directions.</param>
    /// <param name="Set">Sets it for both directions.</param>
    /// <param name="SetPath">Sets it for one direction; null for a fault of the TOA option.</param>
    private sealed record Fault(
        string Name,
        string ExampleValue,
        (string Unit, double Factor)[] Units,
        double Most,
        Func<FaultOptions, (double ToServers, double ToClients)> Get,
        Action<FaultOptions, double> Set,
        Action<PathFaults, double>? SetPath)
    {
        public string Example => ExampleValue.Length == 0 ? Name : $"{Name}={ExampleValue}";

        public static Fault OfPath(
            string name, string example, (string Unit, double Factor)[] units, double most, Func<PathFaults, double> get,
            Action<PathFaults, double> set) =>
            new(
                name, example, units, most, faults => (get(faults.ToServers), get(faults.ToClients)),
                (faults, value) => faults.SetBoth(path => set(path, value)), set);

        public static Fault OfOption(string name, Func<FaultOptions, double> get, Action<FaultOptions, double> set) =>
            new(name, "5", s_percent, 100, faults => (get(faults), get(faults)), set, null);

        public double? ReadValue(string[] parts)
        {
            if (ExampleValue.Length == 0)
                return parts.Length == 1 ? 0 : null;
            if (parts.Length != 2)
                return null;

            string digits = parts[1].TrimEnd([.. "abcdefghijklmnopqrstuvwxyz%"]);
            string unit = parts[1][digits.Length..];
            (string _, double factor) = Array.Find(Units, one => one.Unit == unit);
            return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && factor > 0 && number * factor <= Most
                ? number * factor
                : null;
        }

        public IEnumerable<string> Format(FaultOptions faults)
        {
            (double toServers, double toClients) = Get(faults);
            return toServers == toClients ? Format("", toServers) : Format(ToServers, toServers).Concat(Format(ToClients, toClients));
        }

        // In the largest unit without a fraction, and without exponents, which the parser does not accept.
        private IEnumerable<string> Format(string direction, double value)
        {
            if (value == 0)
                return [];
            if (Units.Length == 0)
                return [direction + Name];
            (string unit, double factor) = Units.Where(one => value % one.Factor == 0).DefaultIfEmpty(Units[0]).MaxBy(one => one.Factor);
            return [string.Create(CultureInfo.InvariantCulture, $"{direction}{Name}={value / factor:0.#########}{unit}")];
        }
    }
}
