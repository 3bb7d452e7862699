using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>
/// Detects rising counters that indicate a problem. A rise is reported for some time, not once, because several monitors may ask.
/// </summary>
internal sealed class TroubleWatch(TimeProvider time)
{
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> Advice = new()
    {
        ["untrusted"] =
            "TOA options came from networks that are not in the provider's trusted=; if these are your balancers, add their networks",
        ["option_malformed"] = "TCP headers with truncated options arrived; find their sender",
        ["option_wrong_length"] = "TOA options with an unexpected length arrived; another vendor's balancer may use the same kind",
        ["option_duplicate"] = "connections had a second TOA option, which was ignored; clients may be forging options",
        ["address_unusable"] = "TOA options with unusable addresses arrived; check the configuration of the balancer",
        ["no_memory"] = "there was no memory for client addresses; these connections appear with the balancer's address",
        ["mptcp_unanswered"] =
            "the clients of Multipath TCP connections could not be determined; these connections appear with the balancer's address",
        ["hooks_silent"] = "the module's hooks are not called; set kernel.ftrace_enabled to 1, or unload the module that the kernel log names",
    };

    private readonly Dictionary<string, (ulong Total, ulong Rise, DateTimeOffset Until)> _seen = [];

    /// <summary>The current problems, as sentences.</summary>
    public IReadOnlyList<string> Look(ToaStatistics? counters)
    {
        lock (_seen)
        {
            DateTimeOffset now = time.GetUtcNow();
            foreach (string name in Advice.Keys)
            {
                if (counters?[name] is { } total)
                    _seen[name] = Next(name, total, now);
            }

            return [.. _seen.Where(seen => seen.Value.Until > now).Select(seen => Sentence(seen.Key, seen.Value.Rise))];
        }
    }

    private (ulong Total, ulong Rise, DateTimeOffset Until) Next(string name, ulong total, DateTimeOffset now)
    {
        // The first call has no earlier value. If the value is smaller than before, the provider was reloaded.
        if (!_seen.TryGetValue(name, out var last))
            return (total, 0, default);
        ulong rise = total >= last.Total ? total - last.Total : total;
        if (rise == 0)
            return last;
        return (total, last.Until > now ? last.Rise + rise : rise, now + Memory);
    }

    private static string Sentence(string name, ulong rise) => $"{name} rose by {rise}: {Advice[name]}.";
}
