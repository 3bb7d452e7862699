using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Tests that share the three namespaces, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedTestbed : ICollectionFixture<TestbedFixture>
{
    public const string Name = "Testbed";
}
