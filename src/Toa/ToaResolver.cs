using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.Internal;
using Toa.Interop;

namespace Toa;

/// <summary>
/// Finds the real clients of connections, and checks that the connections came through a known proxy. For programs that use
/// dependency injection, or that need more than the address.
/// </summary>
/// <remarks>
/// <para>
/// With a provider of this project, a lookup is one system call and always finds the transport peer, so every connection can be
/// checked. Other providers rewrite <c>getpeername</c> without a trace. Their IPv4 clients cannot be checked
/// (<see cref="ToaTrust.Unknown"/>), and the log says so once. Their IPv6 clients can be checked, but not if vtoa of Alibaba Cloud
/// Linux is loaded. <see cref="ToaOptions.WhenUnknown"/> decides what happens to connections that cannot be checked.
/// </para>
/// <para>Thread safety: all members may be called from any thread. One resolver serves a whole process.</para>
/// </remarks>
public sealed class ToaResolver
{
    private readonly ILogger _logger;
    private volatile ResolverRules _rules;
    private int _saidNoProvider;
    private int _saidCannotCheck;
    private int _saidNoSocket;

    /// <summary>Creates a resolver.</summary>
    /// <param name="options">The options, which are copied: later changes have no effect.</param>
    /// <param name="logger">Gets warnings about the set-up. If it is <see langword="null"/>, nothing is logged.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// An entry of a list is not a network, or contains all IPv4 addresses; the options refuse untrusted or unknown peers, but
    /// have no known proxies; an entry of <see cref="ToaOptions.Formats"/> is not a format, or reads the same options as another
    /// one in a different way; or a value is not defined. The message has a line for each error, with the fix.
    /// </exception>
    public ToaResolver(ToaOptions options, ILogger<ToaResolver>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _rules = new ResolverRules(options);
        _logger = logger ?? NullLogger<ToaResolver>.Instance;
    }

    /// <summary>Finds the real client of a connected TCP socket.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <returns>The client, and how it was found.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException"><paramref name="socket"/> is not a TCP socket.</exception>
    /// <exception cref="SocketException">
    /// <see cref="SocketError.NotConnected"/>: <paramref name="socket"/> listens, was never connected, or its connection is gone.
    /// Other codes come from the system.
    /// </exception>
    /// <exception cref="ObjectDisposedException"><paramref name="socket"/> has been closed.</exception>
    /// <exception cref="ToaRefusedException">The options refuse this connection.</exception>
    public ToaResolution Resolve(Socket socket) => Resolve(socket, default(LibcCalls));

    /// <summary>Tries to find the real client of a connected TCP socket.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <param name="resolution">
    /// The client, and how it was found. If the options refuse the connection, this is still set; in all other cases where the
    /// result is <see langword="false"/>, it is <c>default</c>.
    /// </param>
    /// <returns>
    /// <see langword="false"/> if <see cref="Resolve(Socket)"/> would throw anything but <see cref="ArgumentNullException"/>.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public bool TryResolve(Socket socket, out ToaResolution resolution) =>
        TryResolve(socket, accepted: default, default(LibcCalls), out resolution);

    /// <summary>
    /// Applies the options to a connection without a TCP socket: HTTP/3, or a transport or wrapper that hides the socket. The
    /// provider cannot be asked, and may have replaced the peer's name with the address of a TOA option.
    /// </summary>
    /// <param name="accepted">The peer as <c>accept</c> names it. It counts as the client.</param>
    /// <param name="resolution">
    /// The client, with <see cref="ToaFallbackReason.NoProvider"/>. If there are known proxies, its trust is
    /// <see cref="ToaTrust.Unknown"/>.
    /// </param>
    /// <returns><see langword="false"/> if the options refuse the connection.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accepted"/> is <see langword="null"/>.</exception>
    public bool TryResolveWithoutSocket(IPEndPoint accepted, out ToaResolution resolution)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        ToaEndPoint name = new(accepted, ToaSource.PeerName);
        if (IsFirst(ref _saidNoSocket))
            _logger.NoSocket(name);
        ResolverRules rules = _rules;
        ToaTrust trust = rules.ChecksPeers ? ToaTrust.Unknown : ToaTrust.NotChecked;
        resolution = new ToaResolution(name, default, ToaFallbackReason.NoProvider, trust);
        return IsServed(rules, resolution);
    }

    /// <summary>
    /// For a server that already has the result of <c>accept</c>: on a connection without a TOA option, this saves a call of
    /// getpeername. The name must be the one of this connection.
    /// </summary>
    internal bool TryResolve(Socket socket, IPEndPoint accepted, out ToaResolution resolution) =>
        TryResolve(socket, new ToaEndPoint(accepted, ToaSource.PeerName), default(LibcCalls), out resolution);

    /// <summary>Whether known proxies are configured.</summary>
    internal bool ChecksPeers => _rules.ChecksPeers;

    /// <summary>
    /// Replaces all options at once: a lookup in flight uses the earlier ones. ReadSavedSyn and Formats do not change, because
    /// listeners save SYNs from the start or not at all.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// As for the constructor, or the new options would no longer check anything: a lost configuration looks like that. The
    /// earlier options then stay in force.
    /// </exception>
    internal void Update(ToaOptions options)
    {
        ResolverRules earlier = _rules, rules = new(options, earlier);
        if (earlier.ChecksPeers && !rules.ChecksPeers)
            throw new ArgumentException(
                "The new options have no known proxies, so every peer would be trusted. If this is intended, restart the server.");
        if (earlier.ChecksAnything && !rules.ChecksAnything)
            throw new ArgumentException(
                "With the new options, no connection would be refused. If this is intended, restart the server.");
        _rules = rules;
    }

    internal ToaResolution Resolve<TCalls>(Socket socket, TCalls calls)
        where TCalls : struct, ISocketCalls
    {
        ArgumentNullException.ThrowIfNull(socket);
        ResolverRules rules = _rules;
        PeerLookup.Get(socket, withTransportPeer: rules.ChecksPeers, calls, out ToaResolution found);
        return Judge(rules, socket, calls, ref found) ? found : throw new ToaRefusedException(found);
    }

    internal bool TryResolve<TCalls>(Socket socket, in ToaEndPoint accepted, TCalls calls, out ToaResolution resolution)
        where TCalls : struct, ISocketCalls
    {
        ArgumentNullException.ThrowIfNull(socket);
        ResolverRules rules = _rules;
        return PeerLookup.TryGet(socket, withTransportPeer: rules.ChecksPeers, accepted, calls, out resolution)
            && Judge(rules, socket, calls, ref resolution);
    }

    /// <summary>Applies the options to a result. False if they refuse the connection.</summary>
    internal bool Judge(ref ToaResolution found) => Judge(_rules, ref found);

    private bool Judge<TCalls>(ResolverRules rules, Socket socket, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        if (rules.ReadSavedSyn)
            SavedSyns.Consult(socket, rules.Formats, calls, ref found);
        if (found.FallbackReason == ToaFallbackReason.NoProvider && rules.ChecksPeers)
            PeerLookup.AddTransportPeer(socket, calls, ref found);
        return Judge(rules, ref found);
    }

    private bool Judge(ResolverRules rules, ref ToaResolution found)
    {
        if (rules.ChecksPeers)
            Check(rules, ref found);
        if (HasNoProvider(found) && found.Trust != ToaTrust.Unknown && IsFirst(ref _saidNoProvider))
            _logger.NoProvider();
        return IsServed(rules, found);
    }

    private static bool IsServed(ResolverRules rules, in ToaResolution found)
    {
        bool isServed = rules.ActionFor(found, HasNoProvider(found)) != ToaAction.Refuse;
        ToaMetrics.Count(found, isServed);
        return isServed;
    }

    private static bool HasNoProvider(in ToaResolution found) =>
        found.FallbackReason is ToaFallbackReason.NoProvider or ToaFallbackReason.NotLinux;

    private void Check(ResolverRules rules, ref ToaResolution found)
    {
        if (found.PeerField.Source == ToaSource.None)
            CannotCheck(ref found);
        else if (rules.Knows(found.PeerField.Address))
            found.TrustField = ToaTrust.Trusted;
        else
            Distrust(rules, ref found);
    }

    /// <summary>The client is the transport peer, because that is untrusted. The connection may have had no TOA option at all.</summary>
    private void Distrust(ResolverRules rules, ref ToaResolution found)
    {
        if (rules.Strangers.IsFirst(found.PeerField.Address))
            _logger.UntrustedPeer(found.PeerField);
        found.ClientField = found.PeerField;
        found.ForgetDetails();
        if (found.ReasonField == ToaFallbackReason.None)
            found.ReasonField = ToaFallbackReason.UntrustedPeer;
        found.TrustField = ToaTrust.Untrusted;
    }

    /// <summary>
    /// Only the peer's name is known, and another vendor's module may have rewritten it. A known proxy's address proves nothing:
    /// the sender of a forged TOA option chooses it.
    /// </summary>
    private void CannotCheck(ref ToaResolution found)
    {
        if (IsFirst(ref _saidCannotCheck))
            _logger.CannotCheck(found.ClientField);
        found.PeerField = default;
        found.ForgetDetails();
        found.TrustField = ToaTrust.Unknown;
    }

    private static bool IsFirst(ref int said) => Volatile.Read(ref said) == 0 && Interlocked.Exchange(ref said, 1) == 0;
}
