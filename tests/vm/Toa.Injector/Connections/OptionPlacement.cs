namespace Toa.Injector;

/// <summary>The position of given option bytes among those that the connection writes itself (MSS, timestamps).</summary>
public enum OptionPlacement
{
    /// <summary>Directly after the base header, where balancers insert the TOA option.</summary>
    First,

    /// <summary>
    /// After all others, for bytes that must be the last ones of the header, or that would hide the bytes after them.
    /// </summary>
    Last,
}
