using System;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Replaces the registration of a transport, and creates that transport itself, as a container would. It does not use a keyed
/// service, because not every container supports them.
/// </summary>
internal sealed class ToaTransportDescriptor : ServiceDescriptor
{
    private ToaTransportDescriptor(Type transport, Func<IServiceProvider, object> make)
        : base(transport, make, ServiceLifetime.Singleton)
    {
    }

    /// <summary>Wraps all registered transports.</summary>
    public static void ReplaceAll(IServiceCollection services)
    {
        ReplaceAll<IConnectionListenerFactory>(services, (transport, all) => new ToaTransport(transport, all));
        ReplaceAll<IMultiplexedConnectionListenerFactory>(services, (transport, all) => new ToaMultiplexedTransport(transport, all));
    }

    private static void ReplaceAll<TTransport>(
        IServiceCollection services, Func<Inner<TTransport>, IServiceProvider, TTransport> wrap)
        where TTransport : class
    {
        for (int i = 0; i < services.Count; i++)
        {
            ServiceDescriptor transport = services[i];
            if (transport.ServiceType != typeof(TTransport) || transport.IsKeyedService || transport is ToaTransportDescriptor)
                continue;
            services[i] = new ToaTransportDescriptor(
                typeof(TTransport), all => wrap(Inner<TTransport>.Make(transport, all), all));
        }
    }
}
