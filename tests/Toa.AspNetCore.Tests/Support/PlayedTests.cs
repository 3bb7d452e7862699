using Toa.PlayedProvider;

namespace Toa.AspNetCore.Tests.Support;

/// <summary>Tests with a provider of this project, as long as they do not say otherwise.</summary>
public abstract class PlayedTests
{
    protected PlayedTests() => Stage.Use(Provider.Ours);
}
