using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Firewall;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the rules of iptables and nftables could be read, and leave connections alone.</summary>
internal sealed class RulesCheck : ICheck
{
    public static readonly FindingKind Harmless = new("TOA520", Severity.Ok, $"No rule of iptables or nftables was found that hides clients");

    // Not each effect of a rule is a finding: an option that the provider does not read may be removed.
    private static readonly ICheck[] s_others = [new SynProxyCheck(), new ProxyCheck(), new MasqueradeCheck(), new StrippedOptionCheck()];

    public Message About => $"rules of iptables and nftables";

    public IEnumerable<Finding> Run(Examination examination)
    {
        BalancerPath path = examination.Path;
        int rules = examination.Rules.Tables.SelectMany(table => table.Chains.Values).Sum(chain => chain.Rules.Count);
        if (path.PortsLeft > 0)
            yield return Checkup.Unknown(this, new CannotLookException(
                $"There are too many rules and ports: {path.PortsLeft} ports were not checked.", $"Name the service's port with --port."));
        else if (rules > 0 && path.Followed.Count == 0)
            yield return Checkup.Unknown(this, new CannotLookException(
                $"There are {rules} rules, and this machine has no route to a balancer ({string.Join(", ", path.Unreached)}), so no connection was followed through them.",
                $"Run ip route get {path.Unreached[0]} to see why."));
        else if (examination.Rules.Problems.Count == 0 && !s_others.Any(check => check.Run(examination).Any()))
            yield return Harmless.Found(Seen(rules, path));
        foreach (CannotLookException problem in examination.Rules.Problems)
            yield return Checkup.Unknown(this, problem);
    }

    private static Message Seen(int rules, BalancerPath path)
    {
        string balancers = string.Join(", ", path.Followed);
        if (rules == 0)
            return $"{rules} rules in this network namespace.";
        if (path.UnsureRules == 0)
            return $"{rules} rules in this network namespace, for connections from {balancers}.";
        return $"{rules} rules in this network namespace, for connections from {balancers}. Rules with matches that cannot be evaluated: {path.UnsureRules}.";
    }
}
