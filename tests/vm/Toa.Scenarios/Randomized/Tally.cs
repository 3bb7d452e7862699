using System;
using System.Linq;

namespace Toa.Scenarios.Randomized;

/// <summary>
/// The results that the model expects of a whole run: the number of connections for each verdict, and so the counters.
/// </summary>
internal sealed class Tally
{
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];
    private readonly Counters _before = Counters.Read();
    private long _ipv6OverIPv6;
    private long _duplicates;
    private long _dropped;

    public void Add(OptionModel model, Road road)
    {
        _verdicts[(int)model.Verdict]++;
        _ipv6OverIPv6 += model.Verdict == Verdict.IPv6 && road == Road.IPv6 ? 1 : 0;
        _duplicates += model.Duplicate ? 1 : 0;
    }

    public void AddDropped() => _dropped++;

    /// <summary>Accept, getpeername and getsockopt 4096 have each looked up every connection once.</summary>
    public void ExpectCounters()
    {
        long ipv4 = Of(Verdict.IPv4), ipv6 = Of(Verdict.IPv6), without = _verdicts.Sum() - ipv4 - ipv6;
        Counters.ExpectMoved(_before,
            ("syn_recv_sock_toa", ipv4 + ipv6),
            ("syn_recv_sock_no_toa", without),
            ("option_malformed", Of(Verdict.Malformed)),
            ("option_wrong_length", Of(Verdict.WrongLength)),
            ("address_unusable", Of(Verdict.Unusable)),
            ("option_duplicate", _duplicates),
            ("untrusted", 0),
            ("no_memory", 0),
            ("ip4_address_alloc", ipv4),
            ("ip6_address_alloc", ipv6),
            ("getname_toa_ok", 2 * ipv4 + 2 * _ipv6OverIPv6 + ipv6),
            ("getname_toa_mismatch", ipv4),
            ("getname_toa_empty", without));
    }

    public override string ToString() =>
        string.Join(", ", Enum.GetValues<Verdict>().Select(verdict => $"{Of(verdict)} {verdict}"))
        + $"; {_duplicates} with a duplicate, {_dropped} dropped by the kernel itself";

    private long Of(Verdict verdict) => _verdicts[(int)verdict];
}
