using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

/// <summary>The listener of <see cref="ToaMultiplexedTransport"/>.</summary>
internal sealed class ToaMultiplexedListener(IMultiplexedConnectionListener listener, ToaResolver resolver, ILogger logger)
    : IMultiplexedConnectionListener
{
    public EndPoint EndPoint => listener.EndPoint;

    public async ValueTask<MultiplexedConnectionContext?> AcceptAsync(
        IFeatureCollection? features = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            MultiplexedConnectionContext? connection =
                await listener.AcceptAsync(features, cancellationToken).ConfigureAwait(false);
            if (connection is null || Admission.TryAdmit(connection, resolver, logger, out ConnectionAbortedException? reason))
                return connection;
            await Admission.EndAsync(connection, reason).ConfigureAwait(false);
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
