using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

/// <summary>A transport that sets the real clients of its connections when it accepts them, for all endpoints.</summary>
/// <remarks>
/// The server asks each transport whether it can bind an endpoint, and assumes that it can if it is not a selector. So this
/// wrapper returns the answer of the inner transport. The resolver is requested only when it is needed: validation of its options
/// checks the order of the transports, and for that creates them.
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
