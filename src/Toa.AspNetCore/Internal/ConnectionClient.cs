using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Toa.AspNetCore.Internal;

/// <summary>Sets the real clients of connections.</summary>
internal static class ConnectionClient
{
    private static readonly IPEndPoint NoAddress = new(IPAddress.Any, 0);

    /// <summary>
    /// Looks up the client once, and makes it the connection's remote endpoint. A connection whose peer has no IP address does
    /// not change: it is a local connection, or counts as one that cannot be checked.
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

    /// <summary>The reason to abort a connection for which <see cref="TrySet"/> returned false.</summary>
    public static ConnectionAbortedException Refusal() =>
        new($"Refused by {nameof(ToaOptions)}: the client address is unknown or not trusted.");

    /// <summary>Whether the connection is not TCP, so no TOA option is involved. Kestrel reports no peer for named pipes.</summary>
    private static bool IsLocal(EndPoint? endPoint) => endPoint is UnixDomainSocketEndPoint or NamedPipeEndPoint;

    /// <summary>Avoids a new object in the common case: the client is the peer that accept named.</summary>
    private static IPEndPoint EndPointOf(ToaEndPoint client, IPEndPoint accepted) =>
        client.AddressFamily == accepted.AddressFamily && client == new ToaEndPoint(accepted, ToaSource.PeerName)
            ? accepted
            : client.ToIPEndPoint();
}
