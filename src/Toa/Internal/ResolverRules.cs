using System;
using System.Collections.Generic;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>The validated options of a resolver. They never change: to update its options, a resolver replaces the object.</summary>
internal sealed class ResolverRules
{
    private readonly NetworkSet _knownProxies;
    private readonly ToaAction _whenUntrusted;
    private readonly ToaAction _whenUnknown;
    private readonly ToaAction _whenNoProvider;

    /// <exception cref="ArgumentException">The options are not valid. The message has a line for each error, with the fix.</exception>
    public ResolverRules(ToaOptions options)
    {
        List<string> failures = [];
        _knownProxies = KnownNetworks.Read(options, failures);
        Formats = ReadFormats(options.Formats, failures);
        if (failures.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, failures));
        _whenUntrusted = options.WhenUntrusted;
        _whenUnknown = options.WhenUnknown ?? options.WhenUntrusted;
        _whenNoProvider = options.WhenNoProvider;
        ReadSavedSyn = options.ReadSavedSyn;
    }

    /// <summary>New options for the same listeners, which save SYNs from the start or not at all.</summary>
    /// <inheritdoc cref="ResolverRules(ToaOptions)" path="/exception"/>
    public ResolverRules(ToaOptions options, ResolverRules earlier)
        : this(options)
    {
        ReadSavedSyn = earlier.ReadSavedSyn;
        Formats = earlier.Formats;
    }

    /// <summary>Whether known proxies are configured, against which transport peers are checked.</summary>
    public bool ChecksPeers => !_knownProxies.IsEmpty;

    /// <summary>Whether these options can refuse a connection or ignore its TOA option.</summary>
    public bool ChecksAnything => ChecksPeers || _whenNoProvider == ToaAction.Refuse;

    public bool ReadSavedSyn { get; }

    /// <summary>The formats of TOA options that are read from a saved SYN.</summary>
    public FormatSet Formats { get; }

    /// <summary>The networks of unknown peers that were logged under these options.</summary>
    public SeenNetworks Strangers { get; } = new();

    public bool Knows(Address128 peer) => _knownProxies.Contains(peer);

    /// <summary>What happens to a connection.</summary>
    public ToaAction ActionFor(in ToaResolution found, bool hasNoProvider)
    {
        if (hasNoProvider && _whenNoProvider == ToaAction.Refuse)
            return ToaAction.Refuse;
        return found.Trust switch
        {
            ToaTrust.Untrusted => _whenUntrusted,
            ToaTrust.Unknown => _whenUnknown,
            _ => ToaAction.UseTransportPeer,
        };
    }

    private static FormatSet ReadFormats(ToaFormatList? list, List<string> failures)
    {
        try
        {
            return FormatSet.From(list);
        }
        catch (FormatException e)
        {
            failures.Add($"{nameof(ToaOptions.Formats)}: {e.Message}.");
            return FormatSet.Default;
        }
    }
}
