using System;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

internal static partial class Log
{
    public const string Category = "Toa.AspNetCore";

    [LoggerMessage(10, LogLevel.Error, "A connection is closed, because the lookup of its client failed.")]
    public static partial void LookupFailed(this ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Warning,
        "X-Forwarded-For is accepted from everyone: ForwardedHeadersOptions has no known proxies or networks, as "
        + "ASPNETCORE_FORWARDEDHEADERS_ENABLED sets it. Any client can overwrite the address that TOA found. Behind a layer 4 "
        + "balancer only, disable it. Behind a CDN, add the CDN's networks.")]
    public static partial void ForwardedHeadersFromEveryone(this ILogger logger);
}
