using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Stands where the registration of a transport stood, which goes on under a key: so the container still makes and disposes
/// of it.
/// </summary>
internal sealed class ToaTransportDescriptor(object key) : ServiceDescriptor(
    typeof(IConnectionListenerFactory),
    services => new ToaTransport(services.GetRequiredKeyedService<IConnectionListenerFactory>(key), services),
    ServiceLifetime.Singleton)
{
    /// <summary>Wraps all transports that are registered.</summary>
    public static void ReplaceAll(IServiceCollection services)
    {
        for (int i = services.Count - 1; i >= 0; i--)
        {
            ServiceDescriptor transport = services[i];
            if (transport.ServiceType != typeof(IConnectionListenerFactory)
                || transport.IsKeyedService || transport is ToaTransportDescriptor)
                continue;
            object key = new();
            services[i] = new ToaTransportDescriptor(key);
            services.Add(UnderKey(transport, key));
        }
    }

    private static ServiceDescriptor UnderKey(ServiceDescriptor transport, object key)
    {
        if (transport.ImplementationInstance is { } instance)
            return new ServiceDescriptor(transport.ServiceType, key, instance);
        if (transport.ImplementationFactory is { } factory)
            return new ServiceDescriptor(transport.ServiceType, key, (services, _) => factory(services), transport.Lifetime);
        return new ServiceDescriptor(transport.ServiceType, key, transport.ImplementationType!, transport.Lifetime);
    }
}
