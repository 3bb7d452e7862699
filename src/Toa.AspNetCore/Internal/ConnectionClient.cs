using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Toa.AspNetCore.Internal;

/// <summary>Gives connections their real clients.</summary>
internal static class ConnectionClient
{
    private static readonly IPEndPoint NoAddress = new(IPAddress.Any, 0);

    /// <summary>
    /// Asks for the client once, and makes it the connection's remote endpoint. A connection whose peer has no IP address is
    /// left unchanged: it is one of this machine's own, or counts as one that cannot be checked.
    /// </summary>
    /// <returns>
    /// False if the connection must be closed: the options refuse it, or it was reset. Linux still delivers the data that
    /// arrived before a reset, and the transport peer can no longer be checked.
    /// </returns>
    public static bool TrySet(BaseConnectionContext connection, ToaResolver resolver)
    {
        ToaFeature? earlier = connection.Features.Get<IToaFeature>() as ToaFeature;
        EndPoint? original = earlier?.OriginalRemoteEndPoint ?? connection.RemoteEndPoint;
        if (earlier?.Resolver == resolver)
            return true;
        if (original is not IPEndPoint accepted)
            return IsLocal(original ?? connection.LocalEndPoint) || resolver.TryResolveWithoutSocket(NoAddress, out _);

        Socket? any = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        bool isServed = any is { SocketType: SocketType.Stream, AddressFamily: not AddressFamily.Unix } socket
            ? resolver.TryResolve(socket, accepted, out ToaResolution found)
            : resolver.TryResolveWithoutSocket(accepted, out found);
        if (!isServed)
            return false;
        connection.RemoteEndPoint = EndPointOf(found.Client, accepted);
        connection.Features.Set<IToaFeature>(new ToaFeature(resolver, accepted, found));
        return true;
    }

    /// <summary>Why a connection of which <see cref="TrySet"/> was false is ended.</summary>
    public static ConnectionAbortedException Refusal() =>
        new($"Refused by {nameof(ToaOptions)}: the client address is unknown or not trusted.");

    /// <summary>Not TCP, so no TOA option is involved. Kestrel names no peer for named pipes.</summary>
    private static bool IsLocal(EndPoint? endPoint) => endPoint is UnixDomainSocketEndPoint or NamedPipeEndPoint;

    /// <summary>Mostly there is no client but the one that accept named: then no new object is needed.</summary>
    private static IPEndPoint EndPointOf(ToaEndPoint client, IPEndPoint accepted) =>
        client.AddressFamily == accepted.AddressFamily && client == new ToaEndPoint(accepted, ToaSource.PeerName)
            ? accepted
            : client.ToIPEndPoint();
}
