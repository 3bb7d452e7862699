using System;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>The options and the resolver of a server, where AddToa has registered them and where it has not.</summary>
internal static class ServerOptions
{
    /// <summary>A copy of the server's options, for the caller to change.</summary>
    public static ToaOptions Copy(IServiceProvider services)
    {
        ToaOptions options = services.GetRequiredService<IOptionsFactory<ToaOptions>>().Create(Options.DefaultName);
        if (!services.GetServices<IConfigureOptions<ToaOptions>>().OfType<ToaConfiguration>().Any())
            ToaConfiguration.OfServer(services).Configure(options);
        return options;
    }
}
