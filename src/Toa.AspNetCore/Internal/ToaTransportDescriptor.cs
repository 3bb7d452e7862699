using System;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Stands where the registration of a transport stood, which goes on under a key: so the container still makes and disposes
/// of it.
/// </summary>
internal sealed class ToaTransportDescriptor : ServiceDescriptor
{
    private ToaTransportDescriptor(Type transport, Func<IServiceProvider, object> make)
        : base(transport, make, ServiceLifetime.Singleton)
    {
    }

    /// <summary>Wraps all transports that are registered.</summary>
    public static void ReplaceAll(IServiceCollection services)
    {
        ReplaceAll<IConnectionListenerFactory>(services, (transport, all) => new ToaTransport(transport, all));
        ReplaceAll<IMultiplexedConnectionListenerFactory>(services, (transport, all) => new ToaMultiplexedTransport(transport, all));
    }

    private static void ReplaceAll<TTransport>(IServiceCollection services, Func<TTransport, IServiceProvider, TTransport> wrap)
        where TTransport : class
    {
        for (int i = services.Count - 1; i >= 0; i--)
        {
            ServiceDescriptor transport = services[i];
            if (transport.ServiceType != typeof(TTransport) || transport.IsKeyedService || transport is ToaTransportDescriptor)
                continue;
            object key = new();
            services[i] = new ToaTransportDescriptor(
                typeof(TTransport), all => wrap(all.GetRequiredKeyedService<TTransport>(key), all));
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
