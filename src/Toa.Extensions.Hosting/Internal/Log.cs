using Microsoft.Extensions.Logging;

namespace Toa.Extensions.Hosting.Internal;

internal static partial class Log
{
    public const string Category = "Toa.Extensions.Hosting";

    [LoggerMessage(20, LogLevel.Warning,
        "TOA options from any source are accepted: no known proxies are configured, and the provider's trusted= {State}. Anyone "
        + "who can reach a port can choose the client address that the server sees. Set Toa:KnownIPNetworks, or trusted= of the "
        + "provider.")]
    public static partial void NobodyChecks(this ILogger logger, string state);

    [LoggerMessage(21, LogLevel.Information, "The TOA options were reloaded.")]
    public static partial void Reloaded(this ILogger logger);

    [LoggerMessage(22, LogLevel.Error,
        "The configuration changed, but its TOA options are not valid, so the earlier ones stay in force. {Problem}")]
    public static partial void ReloadRefused(this ILogger logger, string problem);

    [LoggerMessage(23, LogLevel.Warning, "{Setting} changed, but a change requires a restart: the earlier value stays in force.")]
    public static partial void NeedsRestart(this ILogger logger, string setting);
}
