using System;
using Toa.Tests.Support;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The three machines, where this one allows them.</summary>
public sealed class TestbedFixture : IDisposable
{
    private Testbed? _testbed;

    /// <summary>Skips the test that calls it where there can be no such machines.</summary>
    public Testbed Demand()
    {
        Machine.Demand("root", "namespaces", "tun", "veth", "ipv6");
        return _testbed ??= new Testbed();
    }

    public void Dispose() => _testbed?.Dispose();
}
