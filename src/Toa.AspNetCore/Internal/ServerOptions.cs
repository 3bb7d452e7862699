using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Toa.Extensions.Hosting.Internal;

namespace Toa.AspNetCore.Internal;

/// <summary>The options of a server, for an endpoint that changes them. They also exist if AddToa was not called.</summary>
internal static class ServerOptions
{
    /// <summary>A copy of the server's options, for the caller to change.</summary>
    public static ToaOptions Copy(IServiceProvider services)
    {
        ToaOptions options = services.GetRequiredService<IOptionsFactory<ToaOptions>>().Create(Options.DefaultName);
        if (!services.GetServices<IConfigureOptions<ToaOptions>>().OfType<ToaConfiguration>().Any())
            ToaConfiguration.OfHost(services).Configure(options);
        return options;
    }

    /// <summary>The sources that report changes of the options.</summary>
    public static IEnumerable<IOptionsChangeTokenSource<ToaOptions>> Changes(IServiceProvider services)
    {
        IOptionsChangeTokenSource<ToaOptions>[] sources = [.. services.GetServices<IOptionsChangeTokenSource<ToaOptions>>()];
        return sources.OfType<SectionChanges>().Any() ? sources : [.. sources, SectionChanges.OfHost(services)];
    }
}
