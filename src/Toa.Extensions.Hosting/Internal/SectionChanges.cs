using System;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>Tells when a configuration that options are read from has been reloaded. A host without one never does.</summary>
internal sealed class SectionChanges(IConfiguration? configuration) : IOptionsChangeTokenSource<ToaOptions>
{
    public string Name => Options.DefaultName;

    /// <summary>Of the host's whole configuration.</summary>
    public static SectionChanges OfHost(IServiceProvider services) => new(services.GetService<IConfiguration>());

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? NullChangeToken.Singleton;
}
