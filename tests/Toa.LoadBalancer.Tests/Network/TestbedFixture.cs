using System;
using Toa.Tests.Support;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The three namespaces, if this machine allows them.</summary>
public sealed class TestbedFixture : IDisposable
{
    private Testbed? _testbed;

    /// <summary>Skips the calling test if this machine does not allow the namespaces.</summary>
    public Testbed Demand()
    {
        Machine.Demand("root", "namespaces", "tun", "veth", "ipv6");
        return _testbed ??= new Testbed();
    }

    public void Dispose() => _testbed?.Dispose();
}
