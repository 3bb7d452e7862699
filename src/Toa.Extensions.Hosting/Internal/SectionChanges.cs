using System;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>Reports when the configuration with the options was reloaded. Without a configuration, it never reports a change.</summary>
internal sealed class SectionChanges(IConfiguration? configuration) : IOptionsChangeTokenSource<ToaOptions>
{
    public string Name => Options.DefaultName;

    /// <summary>For the whole configuration of the host.</summary>
    public static SectionChanges OfHost(IServiceProvider services) => new(services.GetService<IConfiguration>());

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? NullChangeToken.Singleton;
}
