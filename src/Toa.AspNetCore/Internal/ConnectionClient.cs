using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Toa.AspNetCore.Internal;

/// <summary>Gives connections their real clients.</summary>
internal static class ConnectionClient
{
    /// <summary>
    /// Asks for the client once, and makes it the connection's remote endpoint. What is no TCP socket passes untouched, and
    /// so does one that is gone already: the server is about to notice.
    /// </summary>
    /// <returns>False if the connection is to be refused.</returns>
    public static bool TrySet(ConnectionContext connection, ToaResolver resolver)
    {
        Socket? socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        ToaFeature? earlier = connection.Features.Get<IToaFeature>() as ToaFeature;
        EndPoint? original = earlier?.OriginalRemoteEndPoint ?? connection.RemoteEndPoint;
        if (socket is null || original is not IPEndPoint accepted || earlier?.Resolver == resolver)
            return true;

        if (!resolver.TryResolve(socket, accepted, out ToaResolution found))
            return found.Client.Source == ToaSource.None;
        connection.RemoteEndPoint = EndPointOf(found.Client, accepted);
        connection.Features.Set<IToaFeature>(new ToaFeature(resolver, accepted, found));
        return true;
    }

    /// <summary>Why a connection of which <see cref="TrySet"/> was false is ended.</summary>
    public static ConnectionAbortedException Refusal() =>
        new($"Refused by {nameof(ToaOptions)}: its client is not to be had, or not to be believed.");

    /// <summary>Mostly there is no client but the one that accept named: then no new object is needed.</summary>
    private static IPEndPoint EndPointOf(RealClient client, IPEndPoint accepted) =>
        client.AddressFamily == accepted.AddressFamily && client == new RealClient(accepted, ToaSource.PeerName)
            ? accepted
            : client.ToIPEndPoint();
}
