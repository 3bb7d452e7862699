namespace Toa.LoadBalancing.Backends;

/// <summary>Turns single checks into a verdict that does not flap.</summary>
internal sealed class HealthState
{
    private readonly int _failuresToDown;
    private readonly int _successesToUp;
    private int _against;

    public HealthState(HealthCheckOptions options)
    {
        _failuresToDown = options.FailuresToDown;
        _successesToUp = options.SuccessesToUp;
    }

    /// <summary>Up until proven otherwise: a balancer that starts must not refuse its first clients.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Takes the outcome of a check.</summary>
    /// <returns>Whether the verdict changed.</returns>
    public bool Observe(bool succeeded)
    {
        if (succeeded == IsUp)
        {
            _against = 0;
            return false;
        }

        if (++_against < (IsUp ? _failuresToDown : _successesToUp))
            return false;
        _against = 0;
        IsUp = succeeded;
        return true;
    }
}
