using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Interop;
using Toa.Shared;

namespace Toa.Internal;

/// <summary>
/// Reads the known proxies of <see cref="ToaOptions"/> and validates the options against them. A list that is silently shorter or
/// wider than intended would trust unknown peers, so everything invalid is an error.
/// </summary>
internal static class KnownNetworks
{
    private static readonly Address128 FirstIPv4 = Address128.From(IPAddress.Any);
    private static readonly Address128 LastIPv4 = Address128.From(IPAddress.Broadcast);

    /// <param name="options">The options.</param>
    /// <param name="failures">Gets a line for each invalid entry and setting, with the fix.</param>
    public static NetworkSet Read(ToaOptions options, List<string> failures)
    {
        NetworkSet known = new(
        [
            .. Read(nameof(ToaOptions.KnownProxies), options.KnownProxies, Cidr.ParseAddress, failures),
            .. Read(nameof(ToaOptions.KnownIPNetworks), options.KnownIPNetworks, ParseNetwork, failures),
        ]);
        bool hasKnown = !known.IsEmpty || failures.Count > 0;
        CheckAction(nameof(ToaOptions.WhenNoProvider), options.WhenNoProvider, isPossible: true, failures);
        CheckAction(nameof(ToaOptions.WhenUntrusted), options.WhenUntrusted, hasKnown, failures);
        if (options.WhenUnknown is { } whenUnknown)
            CheckAction(nameof(ToaOptions.WhenUnknown), whenUnknown, hasKnown, failures);
        return known;
    }

    private static List<(IPAddress, int)> Read(
        string name, ToaNetworkList? list, Func<string, (IPAddress, int)> parse, List<string> failures)
    {
        List<(IPAddress, int)> networks = [];
        foreach (string text in list is null ? [""] : list.SelectMany(Entries))
        {
            if (text.Length == 0)
            {
                failures.Add($"{name} contains an empty entry. Use 192.0.2.10 or 10.0.0.16/28, or remove the setting.");
                continue;
            }

            try
            {
                networks.Add(parse(text));
            }
            catch (FormatException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }

        return networks;
    }

    // Empty entries are kept, so that they are reported.
    private static IEnumerable<string> Entries(string? text) => (text ?? "").Split(',').Select(entry => entry.Trim());

    private static (IPAddress, int) ParseNetwork(string text)
    {
        (IPAddress, int) network = Cidr.Parse(text);
        NetworkSet alone = new([network]);
        return alone.Contains(FirstIPv4) && alone.Contains(LastIPv4)
            ? throw new FormatException(
                $"'{text}' contains all IPv4 addresses, so every peer would be trusted. Use the balancers' networks, such as 10.0.0.16/28.")
            : network;
    }

    private static void CheckAction(string name, ToaAction action, bool isPossible, List<string> failures)
    {
        if (action is not (ToaAction.UseTransportPeer or ToaAction.Refuse))
            failures.Add($"{name} must be {nameof(ToaAction.UseTransportPeer)} or {nameof(ToaAction.Refuse)}, but is {(int)action}.");
        else if (action == ToaAction.Refuse && !isPossible)
            failures.Add(
                $"{name} is {nameof(ToaAction.Refuse)}, but no known proxies are configured. Add the balancers' networks to "
                + $"{nameof(ToaOptions.KnownIPNetworks)}, such as 10.0.0.16/28.");
    }
}
