using System.Net;
using System.Net.Sockets;
using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>A virtual address with its settings, back ends and faults, while the balancer runs.</summary>
internal sealed class Listener
{
    private static readonly IPEndPoint s_forgedIPv4 = IPEndPoint.Parse("203.0.113.66:6666");
    private static readonly IPEndPoint s_forgedIPv6 = IPEndPoint.Parse("[2001:db8:bad::66]:6666");

    public Listener(ListenerOptions options, BackEnd[] backEnds, IPacketSink sink, CounterSet counters)
    {
        AddressFamily family = options.VirtualAddress.AddressFamily;
        VirtualAddress = TransportAddress.From(options.VirtualAddress);
        Format = options.Format;
        Placement = options.Placement;
        Options = options.Format.For(family)!;
        NetworkId = options.NetworkId;
        RemovesForgedOptions = !options.KeepForgedOptions;
        HealthCheck = options.HealthCheck;
        Rotation = new BackEndRotation(backEnds);

        Dice = FaultDice.For(options.Faults, VirtualAddress.IsIPv4 ? s_forgedIPv4 : s_forgedIPv6);
        if (Dice is not null)
            Faults = (new FaultySink(sink, Dice, counters), new FaultySink(sink, Dice, counters));
    }

    public TransportAddress VirtualAddress { get; }

    public ToaOptionFormat Format { get; }

    /// <summary>The TOA options that segments carry.</summary>
    public ToaOptionGroup Options { get; }

    public OptionPlacement Placement { get; }

    /// <summary>The bytes that the TOA options add to a segment.</summary>
    public int OptionsLength => Placement == OptionPlacement.None ? 0 : Options.Length;

    /// <summary>Whether segments with the TOA options have no room for any other.</summary>
    public bool FillsHeaders => OptionsLength == TcpSegmentView.MaxOptionsLength;

    public uint NetworkId { get; }

    public bool RemovesForgedOptions { get; }

    public BackEndRotation Rotation { get; }

    public HealthCheckOptions? HealthCheck { get; }

    /// <summary>Null if no faults are injected.</summary>
    public FaultDice? Dice { get; }

    /// <summary>Null if no faults are injected.</summary>
    public (FaultySink ToClients, FaultySink ToServers)? Faults { get; }
}
