using System.Net.Sockets;
using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing;

/// <summary>A virtual address with its settings, back ends and faults, while the balancer runs.</summary>
internal sealed class Listener
{
    private readonly Exits _exits;
    private readonly CounterSet _counters;
    private volatile ListenerFaults? _faults;

    /// <param name="options">Its settings.</param>
    /// <param name="backEnds">Its servers.</param>
    /// <param name="exits">Where packets go that were delayed or duplicated.</param>
    /// <param name="counters">Where faults are counted, by any thread.</param>
    public Listener(ListenerOptions options, BackEnd[] backEnds, Exits exits, CounterSet counters)
    {
        _exits = exits;
        _counters = counters;
        AddressFamily family = options.VirtualAddress.AddressFamily;
        VirtualAddress = TransportAddress.From(options.VirtualAddress);
        Format = options.Format;
        Placement = options.Placement;
        Options = options.Format.For(family)!;
        NetworkId = options.NetworkId;
        RemovesForgedOptions = !options.KeepForgedOptions;
        HealthCheck = options.HealthCheck;
        Scheduler = BackEndScheduler.Create(options.Scheduling, backEnds);
        SetFaults(options.Faults);
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

    public BackEndScheduler Scheduler { get; }

    public HealthCheckOptions? HealthCheck { get; }

    /// <summary>Null if no faults are injected.</summary>
    public ListenerFaults? Faults => _faults;

    /// <summary>The settings of the faults. They do not change: other settings replace them.</summary>
    public FaultOptions FaultOptions { get; private set; } = new();

    /// <summary>Replaces the faults, and sends the packets that wait because of the old ones.</summary>
    public void SetFaults(FaultOptions options)
    {
        _faults?.End();
        FaultOptions = options.Copy();
        _faults = ListenerFaults.For(options, VirtualAddress.IsIPv4, _exits, _counters);
    }
}
