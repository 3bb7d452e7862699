using Toa.PlayedProvider;

namespace Toa.AspNetCore.Tests.Support;

/// <summary>Tests with a simulated provider of this project, unless a test selects another one.</summary>
public abstract class PlayedTests
{
    protected PlayedTests() => Stage.Use(Provider.Ours);
}
