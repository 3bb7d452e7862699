using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Tool.Firewall;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether rules replace the balancer's address by one that the provider does not trust.</summary>
internal sealed class MasqueradeCheck : ICheck
{
    public static readonly FindingKind NotTrusted = new("TOA524", Severity.Warning,
        $"Connections are masqueraded on the way to the server: the provider does not trust their new source");

    private const int MostServers = 5;

    public Message About => $"rules that masquerade connections";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.RuleEffects.Any(effect => effect.Kind == VerdictKind.ChangeSource))
            yield break;
        string? setting = examination.ShowsSettings ? examination.Setting("trusted") : null;
        if (TrustedNetworks.Read(setting) is not { } trusted)
            yield break;
        bool IsTrusted(IPAddress address) => trusted.Any(network => network.Contains(address));
        RuleEffect[] effects =
        [
            .. examination.RuleEffects.Where(effect => effect.Kind == VerdictKind.ChangeSource
                && IsTrusted(effect.Balancer) && effect.NewSource is { } source && !IsTrusted(source)),
        ];
        if (effects.Length == 0)
            yield break;
        string servers = string.Join(", ", effects.Select(effect => new IPEndPoint(effect.Server!, effect.To).ToString()).Distinct().Take(MostServers));
        string sources = string.Join(", ", effects.Select(effect => effect.NewSource).Distinct());
        yield return NotTrusted.Found(
            $"{RuleEffects.Describe(effects)}. The server ({servers}) sees {sources} instead of the balancer; trusted={setting}.",
            $"Let the balancer's address reach the server: exclude the balancers from the rule; in Kubernetes, set "
            + $"externalTrafficPolicy: Local. Adding {sources} to trusted= would let all connections forge addresses that come through this "
            + $"machine.");
    }
}
