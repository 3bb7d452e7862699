using System;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Toa;
using Toa.AspNetCore.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sets the real clients for a whole server: <c>services.AddToa()</c>.</summary>
public static class ToaServiceCollectionExtensions
{
    /// <summary>
    /// Sets the real clients for the connections of all endpoints: <c>HttpContext.Connection.RemoteIpAddress</c> is then the
    /// client behind the balancer. Also registers a <see cref="ToaResolver"/> for dependency injection.
    /// </summary>
    /// <remarks>
    /// <para>
    /// This applies to endpoints from code, from configuration and from <c>--urls</c>. The options are those of
    /// <see cref="ToaResolverServiceCollectionExtensions.AddToaResolver(IServiceCollection)"/>, which this method calls. If a
    /// transport is registered later, it would bypass this method, so the server does not start.
    /// </para>
    /// <para>
    /// The spans of requests get OpenTelemetry's <c>client.address</c> and <c>client.port</c>, and
    /// <c>network.peer.address</c> and <c>network.peer.port</c> of the transport peer.
    /// </para>
    /// </remarks>
    /// <param name="services">The server's services.</param>
    /// <returns><paramref name="services"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services)
    {
        services.AddToaResolver();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToaOptions>, TransportOrder>());
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<SocketTransportOptions>, SynSavingSockets>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartWarnings>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, SpanTags>());

        // Kestrel registers this transport only if there is no other. Registered here, it is wrapped even if Kestrel's services
        // are added later.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        ToaTransportDescriptor.ReplaceAll(services);
        return services;
    }

    /// <inheritdoc cref="AddToa(IServiceCollection)" path="/summary"/>
    /// <remarks>As without <paramref name="section"/>, which is read after the configuration section <c>Toa</c>.</remarks>
    /// <param name="services">The server's services.</param>
    /// <param name="section">The section with the options: <c>configuration.GetSection("Balancers")</c>.</param>
    /// <returns><paramref name="services"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services, IConfiguration section)
    {
        services.AddToaResolver(section);
        return services.AddToa();
    }

    /// <inheritdoc cref="AddToa(IServiceCollection)" path="/summary|/remarks"/>
    /// <param name="services">The server's services.</param>
    /// <param name="configure">
    /// Changes the options after the configuration section <c>Toa</c> was read: at startup, and when the section changes.
    /// </param>
    /// <returns><paramref name="services"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services, Action<ToaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddToa().Configure(configure);
    }
}
