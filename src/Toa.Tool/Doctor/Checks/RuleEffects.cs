using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Firewall;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>The rules of iptables and nftables in findings.</summary>
internal static class RuleEffects
{
    // All rules can be listed with the command in the text of a rule.
    private const int MostRules = 5, MostPorts = 10, MostCharacters = 500;

    /// <summary>The rules with the ports of the connections that they change.</summary>
    public static Message Describe(IEnumerable<RuleEffect> effects)
    {
        IGrouping<FirewallRule, RuleEffect>[] rules = [.. effects.GroupBy(effect => effect.Rule)];
        string shown = string.Join("; ", rules.Take(MostRules).Select(rule => (Message)$"{Shortened(rule.Key)}: {Ports(rule)}"));
        return rules.Length > MostRules ? (Message)$"{shown}; and {rules.Length - MostRules} more rules" : $"{shown}";
    }

    private static string Shortened(FirewallRule rule)
    {
        string text = rule.Text.ToString();
        return text.Length > MostCharacters ? $"{text[..MostCharacters]} …" : text;
    }

    private static Message Ports(IEnumerable<RuleEffect> effects)
    {
        int[] ports = [.. effects.Select(effect => effect.Port).Distinct().Order()];
        string shown = string.Join(", ", ports.Take(MostPorts));
        return ports.Length > MostPorts ? (Message)$"ports {shown} and {ports.Length - MostPorts} more"
            : ports.Length > 1 ? (Message)$"ports {shown}" : $"port {shown}";
    }
}
