using System;

namespace Toa.LoadBalancing;

/// <summary>
/// How back ends are checked: by a TCP connection from the balancer's own address, closed as soon as it stands.
/// </summary>
public sealed class HealthCheckOptions
{
    /// <summary>From the beginning of one check of a back end to that of the next. Defaults to 2 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection may take. Defaults to 1 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many checks in a row must fail before a back end is down. Defaults to 3.</summary>
    public int FailuresToDown { get; set; } = 3;

    /// <summary>How many checks in a row must succeed before it is up again. Defaults to 2.</summary>
    public int SuccessesToUp { get; set; } = 2;
}
