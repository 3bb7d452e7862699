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

/// <summary>Real clients for a whole server: <c>services.AddToa()</c>.</summary>
public static class ToaServiceCollectionExtensions
{
    /// <summary>
    /// Gives the connections of all endpoints their real clients: <c>HttpContext.Connection.RemoteIpAddress</c> is then the
    /// client behind the balancer. Registers a <see cref="ToaResolver"/> for injection, too.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Endpoints from code, from configuration and from <c>--urls</c> are covered. The options are those of
    /// <see cref="ToaResolverServiceCollectionExtensions.AddToaResolver(IServiceCollection)"/>, which this calls. A transport
    /// that was registered later would bypass this, so it keeps the server from starting.
    /// </para>
    /// <para>
    /// The spans of requests get OpenTelemetry's <c>client.address</c> and <c>client.port</c>, and
    /// <c>network.peer.address</c> and <c>network.peer.port</c> of the transport peer.
    /// </para>
    /// </remarks>
    /// <param name="services">The server's services.</param>
    /// <returns><paramref name="services"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddToaResolver();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToaOptions>, TransportOrder>());
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<SocketTransportOptions>, SynSavingSockets>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartWarnings>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, SpanTags>());

        // Kestrel registers this one unless there is another. Should it be registered after us, it finds it wrapped.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        ToaTransportDescriptor.ReplaceAll(services);
        return services;
    }

    /// <inheritdoc cref="AddToa(IServiceCollection)" path="/summary"/>
    /// <remarks>As without <paramref name="section"/>, which is read after the configuration's section <c>Toa</c>.</remarks>
    /// <param name="services">The server's services.</param>
    /// <param name="section">Where options are read from: <c>configuration.GetSection("Balancers")</c>.</param>
    /// <returns><paramref name="services"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddToaResolver(section);
        return services.AddToa();
    }

    /// <inheritdoc cref="AddToa(IServiceCollection)" path="/summary|/remarks"/>
    /// <param name="services">The server's services.</param>
    /// <param name="configure">
    /// Changes the options, after the configuration's section <c>Toa</c> was read: at start, and when that changes.
    /// </param>
    /// <returns><paramref name="services"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services, Action<ToaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddToa().Configure(configure);
    }
}
