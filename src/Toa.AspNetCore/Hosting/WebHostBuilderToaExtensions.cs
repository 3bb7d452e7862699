using System;
using Microsoft.Extensions.DependencyInjection;
using Toa;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Sets the real clients for a whole server: <c>builder.WebHost.UseToa()</c>.</summary>
public static class WebHostBuilderToaExtensions
{
    /// <inheritdoc cref="ToaServiceCollectionExtensions.AddToa(IServiceCollection)" path="/summary|/remarks"/>
    /// <param name="builder">The server.</param>
    /// <returns><paramref name="builder"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static IWebHostBuilder UseToa(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services => services.AddToa());
    }

    /// <inheritdoc cref="ToaServiceCollectionExtensions.AddToa(IServiceCollection, Action{ToaOptions})" path="/summary|/remarks"/>
    /// <param name="builder">The server.</param>
    /// <param name="configure">
    /// Changes the options after the configuration section <c>Toa</c> was read: at startup, and when the section changes.
    /// </param>
    /// <returns><paramref name="builder"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IWebHostBuilder UseToa(this IWebHostBuilder builder, Action<ToaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ConfigureServices(services => services.AddToa(configure));
    }
}
