using Microsoft.Extensions.Logging;

namespace Toa.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "The connection from {Peer} did not come through a known proxy: its TOA option, if it had one, is ignored. If "
        + "that is one of your balancers, add it to the known proxies. Said once for each network.")]
    public static partial void UntrustedPeer(this ILogger logger, RealClient peer);

    [LoggerMessage(2, LogLevel.Warning,
        "No TOA provider serves this process: behind a balancer, clients appear with its address. Load the kernel module "
        + "or the eBPF provider; a container sees that of its host.")]
    public static partial void NoProvider(this ILogger logger);

    [LoggerMessage(3, LogLevel.Warning,
        "The TOA provider is not of this project: it does not tell the transport peer of IPv4 clients, so whether "
        + "{Client} came through a known proxy cannot be checked. Said once.")]
    public static partial void CannotCheck(this ILogger logger, RealClient client);
}
