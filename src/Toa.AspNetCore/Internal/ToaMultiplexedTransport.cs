using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// A transport for HTTP/3. UDP has no TOA option, so its connections count as connections without a provider that cannot be
/// checked.
/// </summary>
internal sealed class ToaMultiplexedTransport(Inner<IMultiplexedConnectionListenerFactory> transport, IServiceProvider services)
    : IMultiplexedConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable, IAsyncDisposable
{
    public bool CanBind(EndPoint endpoint) => ToaTransport.CanBind(transport.Service, endpoint);

    public async ValueTask<IMultiplexedConnectionListener> BindAsync(
        EndPoint endpoint, IFeatureCollection? features = null, CancellationToken cancellationToken = default)
    {
        ToaResolver resolver = services.GetRequiredService<ToaResolver>();
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category);
        return new ToaMultiplexedListener(
            await transport.Service.BindAsync(endpoint, features, cancellationToken).ConfigureAwait(false), resolver, logger);
    }

    public void Dispose() => transport.Dispose();

    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
