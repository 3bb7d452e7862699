using System;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>A lookup allocates its answer and nothing else, also where there is no provider.</summary>
public sealed class AllocationTests
{
    private const int Calls = 1000;

    [Fact]
    public void IPv4()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();

        PerCall(() => connection.Server.TryGetRealRemoteEndPoint(out _))
            .Should().Be(PerCall(() => GC.KeepAlive(new IPEndPoint(new IPAddress(0x0100007fL), 1))));
    }

    [Fact]
    public void IPv6()
    {
        using TcpConnection connection = TcpConnection.IPv6();

        PerCall(() => connection.Server.TryGetRealRemoteEndPoint(out _))
            .Should().Be(PerCall(() => GC.KeepAlive(new IPEndPoint(new IPAddress((ReadOnlySpan<byte>)new byte[16]), 1)))
                - PerCall(() => GC.KeepAlive(new byte[16])));
    }

    [Fact]
    public void The_struct_is_free()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();
        ToaOptions options = new();
        options.KnownIPNetworks.Add("127.0.0.0/8");
        ToaResolver resolver = new(options);
        IPEndPoint client = IPEndPoint.Parse("[2001:db8::1]:40000"), balancer = IPEndPoint.Parse("127.0.0.1:1024");
        ScriptedCalls provider = new() { Descriptor = connection.Server.Handle, Info = Answer.Info(253, 20, client, balancer) };

        PerCall(() => connection.Server.TryGetRealClient(out _)).Should().Be(0);
        PerCall(() => connection.Server.GetRealClient()).Should().Be(0);
        PerCall(() => resolver.TryResolve(connection.Server, accepted: default, provider, out _)).Should().Be(0);
    }

    [Fact]
    public void A_virtual_address_and_a_network_cost_one_small_object()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();
        ToaResolver resolver = new(new ToaOptions());
        IPEndPoint client = IPEndPoint.Parse("192.0.2.10:5555"), balancer = IPEndPoint.Parse("127.0.0.1:1024");
        ScriptedCalls provider = new()
        {
            Descriptor = connection.Server.Handle,
            Info = Answer.Info(252, 20, client, balancer, (int)ToaFormat.AlibabaVpc, IPEndPoint.Parse("203.0.113.80:443"), 77),
        };

        PerCall(() => resolver.TryResolve(connection.Server, accepted: default, provider, out _)).Should().Be(48);
        resolver.TryResolve(connection.Server, accepted: default, provider, out ToaResolution found).Should().BeTrue();
        uint sum = 0;
        PerCall(() => sum += (uint)found.VirtualEndPoint.Port + found.NetworkId!.Value).Should().Be(0);
        sum.Should().Be(2 * Calls * (443 + 77));
    }

    [Fact]
    public void No_answer()
    {
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        using TcpConnection reset = TcpConnection.IPv4();
        reset.ResetByClient();

        PerCall(() => listener.TryGetRealRemoteEndPoint(out _)).Should().Be(0);
        PerCall(() => reset.Server.TryGetRealRemoteEndPoint(out _)).Should().Be(0);
    }

    private static long PerCall(Action action)
    {
        // Run until all first-call setup is done.
        for (int i = 0; i < Calls; i++)
            action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
            action();
        // Rounded, because the runtime may allocate a few bytes on this thread when it recompiles a method.
        return (long)Math.Round((double)(GC.GetAllocatedBytesForCurrentThread() - before) / Calls);
    }
}
