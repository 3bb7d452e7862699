using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Sees to it at start that the server takes the wrapped transport: it prefers the one that was registered last, and clients
/// would silently appear as the balancer if that were another one.
/// </summary>
internal sealed class TransportOrder(IServiceProvider services) : IValidateOptions<ToaOptions>
{
    private static readonly EndPoint AnyEndPoint = new IPEndPoint(IPAddress.Loopback, 0);

    public ValidateOptionsResult Validate(string? name, ToaOptions options)
    {
        IEnumerable<IConnectionListenerFactory> transports = services.GetServices<IConnectionListenerFactory>();
        return transports.LastOrDefault(transport => ToaTransport.CanBind(transport, AnyEndPoint)) switch
        {
            null or ToaTransport => ValidateOptionsResult.Success,
            { } other => ValidateOptionsResult.Fail(
                $"{other.GetType().Name} was registered after UseToa or AddToa, and would accept connections without it. "
                + "Call UseToa or AddToa after UseSockets and whatever else registers a transport."),
        };
    }
}
