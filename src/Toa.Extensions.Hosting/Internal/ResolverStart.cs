using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Toa.Diagnostics;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>
/// Creates the resolver when the host starts, so that invalid options fail then and not at the first connection. Also warns if
/// anyone can choose the client address that the server sees.
/// </summary>
internal sealed class ResolverStart(ToaResolver resolver, ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        WarnIfNobodyChecks(resolver, loggers);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Warns if neither the options nor the provider restrict who can write TOA options.</summary>
    public static void WarnIfNobodyChecks(ToaResolver resolver, ILoggerFactory loggers)
    {
        ToaProvider provider = ToaProvider.Detect();
        if (!resolver.ChecksPeers && provider.Kind != ToaProviderKind.None && !provider.HasTrustedNetworks)
            loggers.CreateLogger(Log.Category).NobodyChecks(provider.TrustedNetworks is null ? "cannot be read" : "accepts any source");
    }
}
