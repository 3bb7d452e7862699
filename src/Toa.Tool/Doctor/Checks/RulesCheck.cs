using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the rules of iptables and nftables could be read, and leave connections alone.</summary>
internal sealed class RulesCheck : ICheck
{
    public static readonly FindingKind Harmless = new("TOA520", Severity.Ok, $"No rule of iptables or nftables was found that hides clients");

    public Message About => $"rules of iptables and nftables";

    public IEnumerable<Finding> Run(Examination examination)
    {
        int rules = examination.Rules.Tables.SelectMany(table => table.Chains.Values).Sum(chain => chain.Rules.Count);
        if (examination.PortsLeft > 0)
            yield return Checkup.Unknown(this, new CannotLookException(
                $"There are too many rules and ports: {examination.PortsLeft} ports were not checked.", $"Name the service's port with --port."));
        else if (examination.Rules.Problems.Count == 0 && examination.RuleEffects.Count == 0)
            yield return Harmless.Found($"{rules} rules in this network namespace.");
        foreach (CannotLookException problem in examination.Rules.Problems)
            yield return Checkup.Unknown(this, problem);
    }
}
