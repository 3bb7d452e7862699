using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>Warns at start if a header can overwrite the client that TOA finds.</summary>
internal sealed class StartWarnings(IOptions<ForwardedHeadersOptions> forwardedHeaders, ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (BelievesEveryone(forwardedHeaders.Value))
            loggers.CreateLogger(Log.Category).ForwardedHeadersFromEveryone();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool BelievesEveryone(ForwardedHeadersOptions headers) =>
        headers.ForwardedHeaders.HasFlag(ForwardedHeaders.XForwardedFor)
        && headers.KnownProxies.Count == 0
#if NET10_0_OR_GREATER
        && headers.KnownIPNetworks.Count == 0;
#else
        && headers.KnownNetworks.Count == 0;
#endif
}
