using System;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Toa;
using Toa.Extensions.Hosting.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a <see cref="ToaResolver"/> for dependency injection: <c>services.AddToaResolver()</c>.</summary>
public static class ToaResolverServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="ToaResolver"/>, for servers that accept their connections themselves. For Kestrel, use
    /// <c>UseToa</c> of the package Toa.AspNetCore, which calls this method.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The options are read from the configuration section <c>Toa</c>. If an entry is not valid, the host does not start. The
    /// message names the entry and the fix.
    /// </para>
    /// <para>
    /// When the configuration changes, the resolver applies all new options at once, without a restart. If they are not valid,
    /// the earlier ones stay in force, and the log says why. A restart is required to change
    /// <see cref="ToaOptions.ReadSavedSyn"/> or <see cref="ToaOptions.Formats"/>, and to remove all known proxies: a lost
    /// configuration file must not make the server trust every peer.
    /// </para>
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <returns><paramref name="services"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddToaResolver(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IConfigureOptions<ToaOptions>, ToaConfiguration>(ToaConfiguration.OfHost));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IOptionsChangeTokenSource<ToaOptions>, SectionChanges>(SectionChanges.OfHost));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToaOptions>, ToaOptionsCheck>());
        services.TryAddSingleton<ReloadingResolver>();
        services.TryAddSingleton(provider => provider.GetRequiredService<ReloadingResolver>().Resolver);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ResolverStart>());
        return services;
    }

    /// <inheritdoc cref="AddToaResolver(IServiceCollection)" path="/summary"/>
    /// <remarks>As without <paramref name="section"/>, which is read after the configuration section <c>Toa</c>.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The section with the options: <c>configuration.GetSection("Balancers")</c>.</param>
    /// <returns><paramref name="services"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToaResolver(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return services.AddToaResolver()
            .AddSingleton<IConfigureOptions<ToaOptions>>(new ToaConfiguration(section))
            .AddSingleton<IOptionsChangeTokenSource<ToaOptions>>(new SectionChanges(section));
    }

    /// <inheritdoc cref="AddToaResolver(IServiceCollection)" path="/summary|/remarks"/>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">
    /// Changes the options after the configuration section <c>Toa</c> was read: at startup, and when the section changes.
    /// </param>
    /// <returns><paramref name="services"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddToaResolver(this IServiceCollection services, Action<ToaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddToaResolver().Configure(configure);
    }
}
