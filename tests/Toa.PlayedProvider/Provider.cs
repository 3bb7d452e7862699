namespace Toa.PlayedProvider;

/// <summary>Who is to be played.</summary>
public enum Provider
{
    /// <summary>None is loaded.</summary>
    None = 0,

    /// <summary>One of this project.</summary>
    Ours,

    /// <summary>Another vendor's, which does not tell transport peers.</summary>
    Another,
}
