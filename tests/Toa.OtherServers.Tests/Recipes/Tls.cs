using System;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.OtherServers.Tests.Recipes;

internal static class TlsConnection
{
    /// <summary>Makes the TLS stream of an accepted socket. The callback selects its options by the real client.</summary>
    /// <returns>Null if the options refuse the connection, or if it has ended already.</returns>
    public static async Task<SslStream?> AuthenticateAsync(
        Socket socket, ToaResolver toa, Func<ToaEndPoint, SslServerAuthenticationOptions> select, CancellationToken stop)
    {
        // From here on, the stream owns the socket. SslStream does not give access to it.
        SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        try
        {
            if (toa.TryResolve(socket, out ToaResolution found))
            {
                await stream.AuthenticateAsServerAsync(
                    (_, _, client, _) => ValueTask.FromResult(select((ToaEndPoint)client!)), found.Client, stop);
                return stream;
            }
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }

        await stream.DisposeAsync();
        return null;
    }
}
