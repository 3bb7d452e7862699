using System;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Toa;
using Toa.AspNetCore.Internal;
using Toa.Extensions.Hosting.Internal;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>
/// Sets the real clients for one endpoint: of Kestrel (<c>listenOptions.UseToa()</c>), or of any other server that builds its
/// connections with an <see cref="IConnectionBuilder"/>.
/// </summary>
/// <remarks>
/// Call it before <c>UseHttps</c>: otherwise certificate selectors do not see the client. If the whole server already uses TOA
/// (<see cref="WebHostBuilderToaExtensions"/>), the options of the endpoint apply to the connections that the server's options
/// accepted.
/// </remarks>
public static class ConnectionBuilderToaExtensions
{
    /// <summary>Sets the real clients for the connections of this endpoint, with the server's options.</summary>
    /// <typeparam name="TBuilder">The type of the endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <returns><paramref name="builder"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The configuration section <c>Toa</c> has an invalid entry, which the message names.
    /// </exception>
    public static TBuilder UseToa<TBuilder>(this TBuilder builder)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ApplicationServices.GetService<ToaResolver>() is { } resolver
            ? Use(builder, resolver)
            : builder.UseToa(_ => { });
    }

    /// <summary>Sets the real clients for the connections of this endpoint, with options that start as a copy of the server's.</summary>
    /// <typeparam name="TBuilder">The type of the endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="configure">Changes the options for this endpoint: at startup, and when the server's options change.</param>
    /// <returns><paramref name="builder"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options are not valid. The message names each error and its fix.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The configuration section <c>Toa</c> has an invalid entry, which the message names.
    /// </exception>
    public static TBuilder UseToa<TBuilder>(this TBuilder builder, Action<ToaOptions> configure)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        IServiceProvider services = builder.ApplicationServices;
        ReloadingResolver reloading = new(Read, ServerOptions.Changes(services), services.GetRequiredService<ILogger<ToaResolver>>());
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(reloading.Dispose);
        return UseOwn(builder, reloading.Resolver);

        ToaOptions Read()
        {
            ToaOptions options = ServerOptions.Copy(services);
            configure(options);
            return options;
        }
    }

    /// <summary>Sets the real clients for the connections of this endpoint, with these options only.</summary>
    /// <typeparam name="TBuilder">The type of the endpoint.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="options">The options, which are copied: later changes have no effect.</param>
    /// <returns><paramref name="builder"/>, for chained calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options are not valid. The message names each error and its fix.</exception>
    public static TBuilder UseToa<TBuilder>(this TBuilder builder, ToaOptions options)
        where TBuilder : IConnectionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        return UseOwn(builder, new ToaResolver(options, builder.ApplicationServices.GetRequiredService<ILogger<ToaResolver>>()));
    }

    private static TBuilder UseOwn<TBuilder>(TBuilder builder, ToaResolver resolver)
        where TBuilder : IConnectionBuilder
    {
        IServiceProvider services = builder.ApplicationServices;
        // If the server has its own resolver, that one warns at startup.
        if (services.GetService<ToaResolver>() is null)
            ResolverStart.WarnIfNobodyChecks(resolver, services.GetRequiredService<ILoggerFactory>());
        return Use(builder, resolver);
    }

    private static bool Admits(BaseConnectionContext connection, ToaResolver resolver)
    {
        if (ConnectionClient.TrySet(connection, resolver))
            return true;
        connection.Abort(ConnectionClient.Refusal());
        return false;
    }

    private static TBuilder Use<TBuilder>(TBuilder builder, ToaResolver resolver)
        where TBuilder : IConnectionBuilder
    {
        builder.Use(next => connection => Admits(connection, resolver) ? next(connection) : Task.CompletedTask);
        // HTTP/3 connections do not pass through the middleware above.
        (builder as IMultiplexedConnectionBuilder)?.Use(
            next => connection => Admits(connection, resolver) ? next(connection) : Task.CompletedTask);
        return builder;
    }
}
