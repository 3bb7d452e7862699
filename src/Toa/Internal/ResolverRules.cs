using System;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>The options of a resolver, read and checked. It never changes, so that a resolver can swap it for another one.</summary>
internal sealed class ResolverRules
{
    private readonly NetworkSet _knownProxies;
    private readonly ToaAction _whenUntrusted;
    private readonly ToaAction _whenUnknown;
    private readonly ToaAction _whenNoProvider;

    /// <exception cref="ArgumentException">The options are not valid. The message has a line for each error, with the cure.</exception>
    public ResolverRules(ToaOptions options)
        : this(options, options.ReadSavedSyn)
    {
    }

    /// <inheritdoc cref="ResolverRules(ToaOptions)"/>
    public ResolverRules(ToaOptions options, bool readSavedSyn)
    {
        _knownProxies = KnownNetworks.Read(options);
        _whenUntrusted = options.WhenUntrusted;
        _whenUnknown = options.WhenUnknown ?? options.WhenUntrusted;
        _whenNoProvider = options.WhenNoProvider;
        ReadSavedSyn = readSavedSyn;
    }

    /// <summary>Whether there are known proxies, against which transport peers are checked.</summary>
    public bool ChecksPeers => !_knownProxies.IsEmpty;

    public bool ReadSavedSyn { get; }

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
}
