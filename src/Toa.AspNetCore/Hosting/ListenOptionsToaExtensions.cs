using System;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Toa;
using Toa.AspNetCore.Internal;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Real clients for one endpoint of Kestrel.</summary>
/// <remarks>
/// Call it before <c>UseHttps</c>: only then do certificate selectors see the client. Where the whole server uses TOA
/// already (<see cref="WebHostBuilderToaExtensions"/>), an endpoint's own options judge what the server's have let through.
/// </remarks>
public static class ListenOptionsToaExtensions
{
    /// <summary>Gives connections of this endpoint their real clients, by the server's options.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <returns><paramref name="listenOptions"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listenOptions"/> is <see langword="null"/>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The configuration's section <c>Toa</c> has a bad entry, which the message names.
    /// </exception>
    public static ListenOptions UseToa(this ListenOptions listenOptions)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        return listenOptions.ApplicationServices.GetService<ToaResolver>() is { } resolver
            ? Use(listenOptions, resolver)
            : listenOptions.UseToa(_ => { });
    }

    /// <summary>Gives connections of this endpoint their real clients, by options that begin as the server's.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="configure">Changes the options for this endpoint.</param>
    /// <returns><paramref name="listenOptions"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options are not valid. The message names each error and its cure.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The configuration's section <c>Toa</c> has a bad entry, which the message names.
    /// </exception>
    public static ListenOptions UseToa(this ListenOptions listenOptions, Action<ToaOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        ArgumentNullException.ThrowIfNull(configure);
        ToaOptions options = ServerOptions.Copy(listenOptions.ApplicationServices);
        configure(options);
        return listenOptions.UseToa(options);
    }

    /// <summary>Gives connections of this endpoint their real clients, by these options alone.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="options">Copied: later changes are not seen.</param>
    /// <returns><paramref name="listenOptions"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The options are not valid. The message names each error and its cure.</exception>
    public static ListenOptions UseToa(this ListenOptions listenOptions, ToaOptions options)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        IServiceProvider services = listenOptions.ApplicationServices;
        ToaResolver resolver = new(options, services.GetRequiredService<ILogger<ToaResolver>>());
        // Where the server has options of its own, it says that itself.
        if (services.GetService<ToaResolver>() is null)
            StartWarnings.Tell(options, services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category));
        return Use(listenOptions, resolver);
    }

    private static bool Admits(BaseConnectionContext connection, ToaResolver resolver)
    {
        if (ConnectionClient.TrySet(connection, resolver))
            return true;
        connection.Abort(ConnectionClient.Refusal());
        return false;
    }

    private static ListenOptions Use(ListenOptions listenOptions, ToaResolver resolver)
    {
        listenOptions.Use(next => connection => Admits(connection, resolver) ? next(connection) : Task.CompletedTask);
        // HTTP/3, whose connections do not pass through the one above.
        ((IMultiplexedConnectionBuilder)listenOptions).Use(
            next => connection => Admits(connection, resolver) ? next(connection) : Task.CompletedTask);
        return listenOptions;
    }
}
