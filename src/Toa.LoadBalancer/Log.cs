using System;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {VirtualAddress} through {Device}: format {Format}, {BackEnds} back ends.")]
    public static partial void Listening(
        this ILogger logger, IPEndPoint virtualAddress, string device, ToaOptionFormat format, int backEnds);

    [LoggerMessage(2, LogLevel.Information, "The balancer on {Device} has stopped.")]
    public static partial void Stopped(this ILogger logger, string device);

    [LoggerMessage(3, LogLevel.Error, "The balancer on {Device} failed.")]
    public static partial void Failed(this ILogger logger, Exception exception, string device);

    [LoggerMessage(4, LogLevel.Warning,
        "This machine does not forward packets, so only clients and servers on this machine can be reached. To reach others, "
        + "run sysctl -w {Setting}=1.")]
    public static partial void NotForwarding(this ILogger logger, string setting);

    [LoggerMessage(5, LogLevel.Warning,
        "The back end {BackEnd} of {VirtualAddress} is down: {Problem}. It gets no new connections.")]
    public static partial void BackEndDown(
        this ILogger logger, IPEndPoint backEnd, IPEndPoint virtualAddress, string problem);

    [LoggerMessage(6, LogLevel.Information, "The back end {BackEnd} of {VirtualAddress} is up again.")]
    public static partial void BackEndUp(this ILogger logger, IPEndPoint backEnd, IPEndPoint virtualAddress);

    [LoggerMessage(7, LogLevel.Warning,
        "The flow table is full: {Count} SYNs were dropped. Increase MaxFlows, or shorten the timeouts. Logged once a minute.")]
    public static partial void TableFull(this ILogger logger, long count);

    [LoggerMessage(8, LogLevel.Warning,
        "No source port was free: {Count} SYNs were dropped. Add source addresses, or reduce PortRest. Logged once a minute.")]
    public static partial void NoPort(this ILogger logger, long count);

    [LoggerMessage(9, LogLevel.Warning, "No back end was up: {Count} connections were refused. Logged once a minute.")]
    public static partial void NoBackEnd(this ILogger logger, long count);

    [LoggerMessage(10, LogLevel.Information,
        "{Device} does not support segmentation offload, so each packet passes alone. This is slower, and otherwise the same.")]
    public static partial void NoOffload(this ILogger logger, string device);

    [LoggerMessage(11, LogLevel.Information,
        "The kernel gives {Device} {Queues} of {Wanted} queues, so fewer CPU cores forward packets. This is slower, and otherwise "
        + "the same.")]
    public static partial void FewerQueues(this ILogger logger, string device, int queues, int wanted);

    [LoggerMessage(12, LogLevel.Warning,
        "The capture has ended: {Problem}. Packets are forwarded as before, and {File} has those until now. To capture again, free "
        + "space or use another file, and restart the balancer.")]
    public static partial void CaptureFailed(this ILogger logger, string file, string problem);

    [LoggerMessage(13, LogLevel.Warning,
        "{Count} packets are missing in {File}, because writing it was too slow. The connections are not affected. Logged once a minute.")]
    public static partial void CaptureIncomplete(this ILogger logger, string file, long count);
}
