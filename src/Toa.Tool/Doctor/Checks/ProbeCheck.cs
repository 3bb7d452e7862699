using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Probing;

namespace Toa.Tool.Doctor.Checks;

/// <summary>The test connections of <c>--probe</c>.</summary>
internal sealed class ProbeCheck : ICheck
{
    public static readonly FindingKind Real = new("TOA720", Severity.Ok, $"Test connections show their clients");
    public static readonly FindingKind NotReal = new("TOA721", Severity.Error, $"Test connections do not show their clients");
    public static readonly FindingKind NotTried = new("TOA722", Severity.Info,
        $"The provider trusts no address of one family, so servers of that family were not tested");

    public Message About => $"test connections";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.ProbeProblem is { } problem)
            throw problem;
        if (examination.Probe is not { } results)
            yield break;

        IGrouping<string, ProbeResult>[] formats = [.. results.GroupBy(result => result.Format)];
        foreach (IGrouping<string, ProbeResult> format in formats)
        {
            ProbeResult[] wrong = [.. format.Where(result => !result.IsReal)];
            if (wrong is [])
                yield return Real.Found($"{format.Key}: {format.Count()} connections, with servers on {Servers(format)} sockets.");
            else
                yield return NotReal.Found(Describe(wrong[0], wrong.Length, format.Count()), Next(examination));
        }

        foreach ((string family, bool isTrusted) in new[]
        {
            ("IPv4", examination.ProbePlan!.IPv4Source is not null), ("IPv6", examination.ProbePlan.IPv6Source is not null),
        })
        {
            if (!isTrusted)
                yield return NotTried.Found($"No {family} network is in trusted=.");
        }
    }

    private static string Servers(IEnumerable<ProbeResult> results) =>
        string.Join(", ", results.Select(result => result.Server).Distinct());

    private static Message Describe(ProbeResult wrong, int count, int all) =>
        $"{wrong.Format}: {count} of {all} connections. Client {wrong.Client}, {wrong.Server} server: the library finds {wrong.Seen}; "
        + $"accept says {wrong.Accept ?? "-"}, getpeername {wrong.PeerName}, getsockopt 4096 {wrong.Lookup ?? "-"}, 4097 kind "
        + $"{wrong.InfoKind?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}.";

    private static Message Next(Examination examination) => examination.Provider.Kind == ToaProviderKind.None
        ? (Message)$"Load a provider: toa provider install, see docs/operate/choose-a-provider.md."
        : $"An eBPF provider sees only the processes of its cgroup: run toa doctor in it. Otherwise, toa listen and a real client show more.";
}
