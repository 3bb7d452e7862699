using System;
using System.Linq;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Checks at startup that the server uses the wrapped transport. The server prefers the transport that was registered last. If
/// that is another one, clients silently appear with the balancer's address.
/// </summary>
internal sealed class TransportOrder(IServiceProvider services) : IValidateOptions<ToaOptions>
{
    private static readonly EndPoint AnyEndPoint = new IPEndPoint(IPAddress.Loopback, 0);

    public ValidateOptionsResult Validate(string? name, ToaOptions options) =>
        LateComer<IConnectionListenerFactory>() is { } transport ? Fail(transport)
        : LateComer<IMultiplexedConnectionListenerFactory>() is { } multiplexed ? Fail(multiplexed)
        : ValidateOptionsResult.Success;

    private object? LateComer<TTransport>()
        where TTransport : class =>
        services.GetServices<TTransport>().LastOrDefault(transport => ToaTransport.CanBind(transport, AnyEndPoint))
            is { } last and not (ToaTransport or ToaMultiplexedTransport)
            ? last
            : null;

    private static ValidateOptionsResult Fail(object transport) => ValidateOptionsResult.Fail(
        $"{transport.GetType().Name} was registered after UseToa or AddToa, so it would accept connections without Toa. "
        + "Call UseToa or AddToa after UseSockets, UseQuic and all other calls that register a transport.");
}
