using System;

namespace Toa.Tool.Capture;

/// <summary>A sample of the IPv4 and IPv6 packets, each from a packet socket of its own.</summary>
internal sealed class PacketSample : IPacketSample
{
    private const ushort IPv4 = 0x0800, IPv6 = 0x86dd;

    private readonly PacketSocket _ipv4, _ipv6;

    private PacketSample(PacketSocket ipv4, PacketSocket ipv6) => (_ipv4, _ipv6) = (ipv4, ipv6);

    /// <exception cref="Machines.CannotLookException">The capture is not possible, or this process is not allowed to capture.</exception>
    /// <exception cref="ToolException">The interface does not exist.</exception>
    public static PacketSample Open(string? interfaceName, SampleFilter filter)
    {
        PacketSocket ipv4 = PacketSocket.Open(interfaceName, filter, IPv4);
        try
        {
            return new PacketSample(ipv4, PacketSocket.Open(interfaceName, filter, IPv6));
        }
        catch
        {
            ipv4.Dispose();
            throw;
        }
    }

    public int Receive(Span<byte> buffer) => _ipv4.Receive(buffer) is >= 0 and int length ? length : _ipv6.Receive(buffer);

    public (uint Passed, uint Dropped) TakeStatistics()
    {
        (uint passed4, uint dropped4) = _ipv4.TakeStatistics();
        (uint passed6, uint dropped6) = _ipv6.TakeStatistics();
        return (passed4 + passed6, dropped4 + dropped6);
    }

    public void Dispose()
    {
        _ipv4.Dispose();
        _ipv6.Dispose();
    }
}
