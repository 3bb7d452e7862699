using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// A transport whose connections have their real clients from the start, whatever endpoint they come in at.
/// </summary>
/// <remarks>
/// The server picks the first transport that can bind an endpoint, and takes those for able that do not say. So this one says
/// what the other one does. The resolver is not asked for before it is needed: its options are valid only if the transports
/// are in order.
/// </remarks>
internal sealed class ToaTransport(Inner<IConnectionListenerFactory> transport, IServiceProvider services)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable, IAsyncDisposable
{
    public bool CanBind(EndPoint endpoint) => CanBind(transport.Service, endpoint);

    public static bool CanBind(object transport, EndPoint endpoint) =>
        transport is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ToaResolver resolver = services.GetRequiredService<ToaResolver>();
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category);
        return new ToaListener(await transport.Service.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), resolver, logger);
    }

    public void Dispose() => transport.Dispose();

    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
