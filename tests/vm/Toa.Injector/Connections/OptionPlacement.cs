namespace Toa.Injector;

/// <summary>Where given option bytes stand among those that the connection writes itself (MSS, timestamps).</summary>
public enum OptionPlacement
{
    /// <summary>Directly behind the base header, where balancers insert theirs.</summary>
    First,

    /// <summary>
    /// Behind all others, for bytes that must be the header's last, or that would hide what follows them.
    /// </summary>
    Last,
}
