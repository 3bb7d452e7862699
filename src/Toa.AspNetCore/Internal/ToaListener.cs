using System.Net;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

/// <summary>The listener of <see cref="ToaTransport"/>.</summary>
internal sealed class ToaListener(IConnectionListener listener, ToaResolver resolver, ILogger logger) : IConnectionListener
{
    public EndPoint EndPoint => listener.EndPoint;

    // Only one call waits here at a time, so a pooled state machine serves the next one too.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ConnectionContext? connection = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            if (connection is null || Admission.TryAdmit(connection, resolver, logger, out ConnectionAbortedException? reason))
                return connection;
            await Admission.EndAsync(connection, reason).ConfigureAwait(false);
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
