namespace Toa.PlayedProvider;

/// <summary>The provider to simulate.</summary>
public enum Provider
{
    /// <summary>No provider is loaded.</summary>
    None = 0,

    /// <summary>A provider of this project.</summary>
    Ours,

    /// <summary>Another vendor's provider, which does not report transport peers.</summary>
    Another,
}
