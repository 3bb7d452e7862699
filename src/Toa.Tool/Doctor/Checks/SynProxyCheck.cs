using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Firewall;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether netfilter's SYNPROXY answers the handshakes of balancers.</summary>
internal sealed class SynProxyCheck : ICheck
{
    public static readonly FindingKind Answers = new("TOA521", Severity.Warning,
        $"SYNPROXY answers handshakes: the TOA options in them are lost");

    public Message About => $"SYNPROXY";

    public IEnumerable<Finding> Run(Examination examination)
    {
        RuleEffect[] effects = [.. examination.RuleEffects.Where(effect => effect.Kind == VerdictKind.SynProxy)];
        if (effects.Length > 0)
            yield return Answers.Found(
                $"{RuleEffects.Describe(effects)}.",
                $"SYNPROXY makes a second handshake with the server, without TOA options. Exclude the balancers from this rule and from the "
                + $"rule with notrack (for example ! -s 10.0.0.16/28). Against SYN floods, SYN cookies are enough (net.ipv4.tcp_syncookies).");
    }
}
