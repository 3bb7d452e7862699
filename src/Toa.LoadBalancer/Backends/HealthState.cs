namespace Toa.LoadBalancing.Backends;

/// <summary>Changes the state only after several consecutive results, so that it does not flap.</summary>
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

    /// <summary>Initially true: otherwise a balancer that has just started would refuse its first clients.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Records the result of a check.</summary>
    /// <returns>Whether <see cref="IsUp"/> changed.</returns>
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
