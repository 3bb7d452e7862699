using Microsoft.Extensions.Logging;

namespace Toa.Internal;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "The connection from {Peer} did not come through a known proxy: its TOA option, if any, is ignored. If the "
        + "peer is a balancer, add it to the known proxies. Logged once per network.")]
    public static partial void UntrustedPeer(this ILogger logger, ToaEndPoint peer);

    [LoggerMessage(2, LogLevel.Warning,
        "No TOA provider serves this process, so clients behind a balancer appear with the balancer's address. Load the kernel "
        + "module or the eBPF provider. In a container, load it on the host.")]
    public static partial void NoProvider(this ILogger logger);

    [LoggerMessage(3, LogLevel.Warning,
        "The TOA provider does not report the transport peer of the connection from {Client}, so it cannot be checked against "
        + "the known proxies. ToaOptions.WhenUnknown decides what happens to such connections. Logged once.")]
    public static partial void CannotCheck(this ILogger logger, ToaEndPoint client);

    [LoggerMessage(4, LogLevel.Warning,
        "The connection from {Client} has no TCP socket (HTTP/3, or a transport or middleware that hides it), so the TOA "
        + "provider cannot be asked for its real client. Logged once.")]
    public static partial void NoSocket(this ILogger logger, ToaEndPoint client);
}
