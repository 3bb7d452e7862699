using System;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using Toa.LoadBalancing;
using Toa.Tool.Language;

namespace Toa.Tool.Balancing;

/// <summary>A fault on the command line: <c>drop=5</c>, <c>to-servers:latency=50ms</c>.</summary>
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
        Fault.OfPath("drop", "5", s_percent, 100, (path, share) => path.Drop = share),
        Fault.OfPath("duplicate", "5", s_percent, 100, (path, share) => path.Duplicate = share),
        Fault.OfPath("reorder", "5", s_percent, 100, (path, share) => path.Reorder = share),
        Fault.OfPath("latency", "50ms", s_milliseconds, 10_000, (path, time) => path.Latency = TimeSpan.FromMilliseconds(time)),
        Fault.OfPath("jitter", "20ms", s_milliseconds, 10_000, (path, time) => path.Jitter = TimeSpan.FromMilliseconds(time)),
        Fault.OfPath("bandwidth", "10mbit", s_bits, 1e11, (path, bits) => path.Bandwidth = (long)bits),
        Fault.OfPath("mtu", "1400", s_bytes, ushort.MaxValue, (path, bytes) => path.LargestPacket = (int)bytes),
        Fault.OfPath("reset-after", "100k", s_bytes, 1e15, (path, bytes) => path.ResetAfter = (long)bytes),
        Fault.OfPath("stall", "", [], 0, (path, _) => path.Stall = true),
        new("forged-before", "5", s_percent, 100, (faults, share) => faults.ForgedBefore = share, null),
        new("forged-after", "5", s_percent, 100, (faults, share) => faults.ForgedAfter = share, null),
        new("truncated", "5", s_percent, 100, (faults, share) => faults.Truncated = share, null),
    ];

    public static Action<FaultOptions>[] ParseAll(ArgumentResult values) =>
        [.. values.Tokens.Select(token => Parse(token.Value, values)).OfType<Action<FaultOptions>>()];

    private static Action<FaultOptions>? Parse(string text, ArgumentResult values)
    {
        string direction = text.StartsWith(ToServers, StringComparison.Ordinal) ? ToServers
            : text.StartsWith(ToClients, StringComparison.Ordinal) ? ToClients
            : "";
        string[] parts = text[direction.Length..].Split('=');
        if (Array.Find(s_faults, fault => fault.Name == parts[0]) is not { } fault)
            return Refuse(values, $"Unknown fault '{parts[0]}'. Valid faults: {string.Join(", ", s_faults.Select(fault => fault.Name))}.");
        if (direction.Length > 0 && fault.SetPath is null)
            return Refuse(values, $"'{text}': {fault.Name} is always on segments to servers. Use {fault.Example}.");
        if (fault.ReadValue(parts) is not { } value)
            return Refuse(values, $"'{text}' has no valid value. Use for example {direction}{fault.Example}.");

        return direction switch
        {
            ToServers => faults => fault.SetPath!(faults.ToServers, value),
            ToClients => faults => fault.SetPath!(faults.ToClients, value),
            _ => faults => fault.Set(faults, value),
        };
    }

    private static Action<FaultOptions>? Refuse(ArgumentResult values, Message problem)
    {
        values.Refuse(problem);
        return null;
    }

    /// <param name="Name">The name on the command line.</param>
    /// <param name="ExampleValue">A valid value; empty for a fault without a value.</param>
    /// <param name="Units">The units of values, with what each is worth.</param>
    /// <param name="Most">The largest value.</param>
    /// <param name="Set">Sets it for both directions.</param>
    /// <param name="SetPath">Sets it for one direction; null for a fault of the TOA option.</param>
    private sealed record Fault(
        string Name,
        string ExampleValue,
        (string Unit, double Factor)[] Units,
        double Most,
        Action<FaultOptions, double> Set,
        Action<PathFaults, double>? SetPath)
    {
        public string Example => ExampleValue.Length == 0 ? Name : $"{Name}={ExampleValue}";

        public static Fault OfPath(
            string name, string example, (string Unit, double Factor)[] units, double most, Action<PathFaults, double> set) =>
            new(name, example, units, most, (faults, value) => faults.SetBoth(path => set(path, value)), set);

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
    }
}
