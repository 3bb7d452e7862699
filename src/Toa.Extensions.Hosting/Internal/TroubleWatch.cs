using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>
/// Notices counters that rise and should not. A rise is told for a while, not once: several people may be asking.
/// </summary>
internal sealed class TroubleWatch(TimeProvider time)
{
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> Advice = new()
    {
        ["untrusted"] = "options came from outside the provider's trusted networks; if those are your balancers, add them there",
        ["option_malformed"] = "TCP headers whose options break off; look at who sends them",
        ["option_wrong_length"] = "options of our kind with another length; another vendor's balancer may use the same kind",
        ["option_duplicate"] = "connections with a second option, which was not believed; clients may be forging theirs",
        ["address_unusable"] = "options with addresses that no client can have; look at the balancer's configuration",
        ["no_memory"] = "there was no memory for addresses; those connections show the balancer",
        ["mptcp_unanswered"] = "clients of Multipath TCP connections could not be told; those show the balancer",
        ["hooks_silent"] = "the module's hooks are not called; set kernel.ftrace_enabled to 1, or unload the module that the kernel log names",
        ["hooks_missed"] = "the module missed calls, as it hooks with kretprobes; those connections may show the balancer",
    };

    private readonly Dictionary<string, (ulong Total, ulong Rise, DateTimeOffset Until)> _seen = [];

    /// <summary>What is wrong now, in sentences.</summary>
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
        // The first look has nothing to compare with. Less than before: the provider was loaded anew.
        if (!_seen.TryGetValue(name, out var last))
            return (total, 0, default);
        ulong rise = total >= last.Total ? total - last.Total : total;
        if (rise == 0)
            return last;
        return (total, last.Until > now ? last.Rise + rise : rise, now + Memory);
    }

    private static string Sentence(string name, ulong rise) => $"{name} rose by {rise}: {Advice[name]}.";
}
