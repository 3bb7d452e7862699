using System;

namespace Toa.LoadBalancing;

/// <summary>
/// How back ends are checked: with a TCP connection from the balancer's own address, which is closed as soon as it is established.
/// </summary>
public sealed class HealthCheckOptions
{
    /// <summary>The time between the starts of two checks of a back end. Defaults to 2 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The time limit to establish the connection. Defaults to 1 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The number of consecutive failed checks after which a back end is down. Defaults to 3.</summary>
    public int FailuresToDown { get; set; } = 3;

    /// <summary>The number of consecutive successful checks after which it is up again. Defaults to 2.</summary>
    public int SuccessesToUp { get; set; } = 2;
}
