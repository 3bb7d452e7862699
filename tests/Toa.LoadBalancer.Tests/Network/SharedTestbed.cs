using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Tests that share the three machines, and take turns on them.</summary>
[CollectionDefinition(Name)]
public sealed class SharedTestbed : ICollectionFixture<TestbedFixture>
{
    public const string Name = "Testbed";
}
