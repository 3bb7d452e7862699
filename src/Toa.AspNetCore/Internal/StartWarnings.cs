using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toa.Diagnostics;

namespace Toa.AspNetCore.Internal;

/// <summary>Warns at start if anyone can choose the client address that the server sees.</summary>
internal sealed class StartWarnings(
    IOptions<ToaOptions> options, IOptions<ForwardedHeadersOptions> forwardedHeaders, ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ILogger logger = loggers.CreateLogger(Log.Category);
        Tell(options.Value, logger);
        if (BelievesEveryone(forwardedHeaders.Value))
            logger.ForwardedHeadersFromEveryone();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Warns if neither the options nor the provider restrict who can write TOA options.</summary>
    public static void Tell(ToaOptions options, ILogger logger)
    {
        ToaProvider provider = ToaProvider.Detect();
        bool isChecked = options.KnownProxies.Count > 0 || options.KnownIPNetworks.Count > 0;
        if (!isChecked && provider.Kind != ToaProviderKind.None && !provider.HasTrustedNetworks)
            logger.NobodyChecks(provider.TrustedNetworks is null ? "cannot be read" : "accepts everyone");
    }

    private static bool BelievesEveryone(ForwardedHeadersOptions headers) =>
        headers.ForwardedHeaders.HasFlag(ForwardedHeaders.XForwardedFor)
        && headers.KnownProxies.Count == 0
#if NET10_0_OR_GREATER
        && headers.KnownIPNetworks.Count == 0;
#else
        && headers.KnownNetworks.Count == 0;
#endif
}
