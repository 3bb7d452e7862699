using System;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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
    /// Endpoints from code, from configuration and from <c>--urls</c> are covered. The options are read from the
    /// configuration's section <c>Toa</c>; a bad entry there, or a transport that was registered later and would bypass
    /// this, keeps the server from starting, with a message that says which.
    /// </remarks>
    /// <param name="services">The server's services.</param>
    /// <returns><paramref name="services"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ToaOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ToaOptions>, ToaConfiguration>(ToaConfiguration.OfServer));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToaOptions>, ToaOptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToaOptions>, TransportOrder>());
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<SocketTransportOptions>, SynSavingSockets>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartWarnings>());
        services.TryAddSingleton(provider => new ToaResolver(
            provider.GetRequiredService<IOptions<ToaOptions>>().Value, provider.GetRequiredService<ILogger<ToaResolver>>()));

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
        return services.AddToa().AddSingleton<IConfigureOptions<ToaOptions>>(new ToaConfiguration(section));
    }

    /// <inheritdoc cref="AddToa(IServiceCollection)" path="/summary|/remarks"/>
    /// <param name="services">The server's services.</param>
    /// <param name="configure">Changes the options, after the configuration's section <c>Toa</c> was read.</param>
    /// <returns><paramref name="services"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToa(this IServiceCollection services, Action<ToaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddToa().Configure(configure);
    }
}
