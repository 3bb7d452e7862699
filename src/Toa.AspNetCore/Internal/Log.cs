using System;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

internal static partial class Log
{
    public const string Category = "Toa.AspNetCore";

    [LoggerMessage(10, LogLevel.Error, "A connection was closed, because the lookup of its client address failed.")]
    public static partial void LookupFailed(this ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Warning,
        "X-Forwarded-For is accepted from any source: ForwardedHeadersOptions has no known proxies or networks. "
        + "ASPNETCORE_FORWARDEDHEADERS_ENABLED has this effect. Any client can overwrite the address that TOA found. If only a "
        + "layer-4 balancer is in front of the server, disable it. If a CDN is in front of the server, add the networks of the CDN.")]
    public static partial void ForwardedHeadersFromEveryone(this ILogger logger);
}
