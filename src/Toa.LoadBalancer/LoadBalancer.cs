using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Device;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>
/// A layer-4 load balancer in userspace that writes TOA options, for development and tests. Packets to a virtual address are
/// routed into a TUN device. They leave it with another source, the TOA option and, if the server has the other address family,
/// another IP header. The balancer does not terminate connections: the TCP endpoints are the kernels of client and server.
/// </summary>
/// <remarks>
/// <para>
/// It serves the network namespace of the thread that starts it. If clients or servers are not on this machine, that
/// namespace must forward packets (<c>net.ipv4.ip_forward</c>, <c>net.ipv6.conf.all.forwarding</c>), and servers must
/// reach the source addresses through it.
/// </para>
/// <para>Thread safety: all members may be called from any thread.</para>
/// </remarks>
public sealed class LoadBalancer : IAsyncDisposable
{
    private const int MostUsualQueues = 4;

    private readonly TunDevice _tun;
    private readonly BalancerCore _core;
    private readonly PacketLoops _loops;
    private readonly PacketCapture? _capture;
    private readonly HealthChecks _checks;
    private readonly ILogger _logger;
    private readonly CancellationTokenRegistration _stopRegistration;

    private LoadBalancer(
        TunDevice tun, PacketCapture? capture, LoadBalancerOptions options, ILogger logger, CancellationToken stop)
    {
        _capture = capture;
        _tun = tun;
        _logger = logger;
        _core = new BalancerCore(options, tun.Queues, Random.Shared.Next(), capture);
        _loops = new PacketLoops(tun, _core, new RefusalLog(logger, _core.CounterSets));
        _checks = new HealthChecks(_core.Listeners, logger);
        foreach (Listener listener in _core.Listeners)
        {
            logger.Listening(
                listener.VirtualAddress.ToEndPoint(), tun.Name, listener.Format, listener.Scheduler.BackEnds.Length);
        }

        _loops.Start();
        _checks.Start();
        Completion = EndAsync();
        _stopRegistration = stop.Register(_loops.Stop);
    }

    /// <summary>The name of the device.</summary>
    public string DeviceName => _tun.Name;

    /// <summary>
    /// Completes when the balancer has stopped; with an exception if it failed, for example because its device was deleted.
    /// </summary>
    public Task Completion { get; }

    /// <summary>The current counters.</summary>
    public LoadBalancerCounters Counters => _core.Counters;

    /// <summary>Starts a balancer in the network namespace of the calling thread.</summary>
    /// <param name="options">The settings. Later changes have no effect.</param>
    /// <param name="logger">The log; <see langword="null"/> to log nothing.</param>
    /// <param name="stop">Stops the balancer. You must call <see cref="DisposeAsync"/> nevertheless.</param>
    /// <exception cref="ArgumentException">A setting is invalid; the message names it and says what to do.</exception>
    /// <exception cref="System.IO.IOException">
    /// CAP_NET_ADMIN or <c>/dev/net/tun</c> is missing, an address is in use, or the capture file cannot be created. The message says
    /// what to do.
    /// </exception>
    public static LoadBalancer Start(
        LoadBalancerOptions options, ILogger<LoadBalancer>? logger = null, CancellationToken stop = default)
    {
        OptionsValidation.Check(options);
        ILogger log = logger ?? NullLogger<LoadBalancer>.Instance;
        Surroundings.DemandFreeAddresses(options);

        TunDevice tun = TunDevice.Open(DeviceFor(options));
        try
        {
            Surroundings.TellOfForwarding(options, log);
            return StartOn(tun, options, log, stop);
        }
        catch
        {
            tun.Dispose();
            throw;
        }
    }

    /// <summary>The device that a balancer with these settings needs.</summary>
    internal static TunOptions DeviceFor(LoadBalancerOptions options, params IReadOnlyList<AddressPrefix> addresses) => new()
    {
        Name = options.DeviceName,
        Addresses = addresses,
        Mtu = options.Mtu,
        Offload = options.Offload,
        Queues = QueuesFor(options),
        Routes =
        [
            .. options.Listeners.Select(listener => AddressPrefix.Host(listener.VirtualAddress.Address))
                .Concat(options.SourceAddresses.Select(Network)).Distinct(),
        ],
    };

    /// <summary>Starts a balancer on a device of any network namespace. It disposes of the device at its end.</summary>
    internal static LoadBalancer StartOn(TunDevice tun, LoadBalancerOptions options, ILogger log, CancellationToken stop)
    {
        bool hasFaults = options.Listeners.Any(listener => listener.Faults.Any);
        if (options.Offload && !tun.TryAllowOffload(!hasFaults))
            log.NoOffload(tun.Name);
        if (tun.Queues.Count < QueuesFor(options))
            log.FewerQueues(tun.Name, tun.Queues.Count, QueuesFor(options));
        PacketCapture? capture = options.CaptureFile is { } file ? PacketCapture.Create(file, tun.Name, log) : null;
        try
        {
            return new LoadBalancer(tun, capture, options, log, stop);
        }
        catch
        {
            capture?.Dispose();
            throw;
        }
    }

    /// <summary>Lists the flows, including those that have just closed. Packets are forwarded at the same time.</summary>
    public IReadOnlyList<FlowEntry> ListFlows() => _core.ListFlows(PacketLoops.Now);

    /// <summary>Lists the back ends of all listeners.</summary>
    public IReadOnlyList<BackEndStatus> ListBackEnds()
    {
        List<BackEndStatus> backEnds = [];
        foreach (Listener listener in _core.Listeners)
        {
            foreach (BackEnd backEnd in listener.Scheduler.BackEnds)
            {
                backEnds.Add(new BackEndStatus
                {
                    VirtualAddress = listener.VirtualAddress.ToEndPoint(),
                    Address = backEnd.Address.ToEndPoint(),
                    Weight = backEnd.Weight,
                    OpenConnections = backEnd.OpenFlows,
                    IsUp = backEnd.IsUp,
                });
            }
        }

        return backEnds;
    }

    /// <summary>The faults of a listener: a copy. To change them, call <see cref="SetFaults"/>.</summary>
    /// <param name="virtualAddress">The listener's address.</param>
    /// <exception cref="ArgumentException">There is no such listener; the message names those that exist.</exception>
    public FaultOptions GetFaults(IPEndPoint virtualAddress) => FindListener(virtualAddress).FaultOptions.Copy();

    /// <summary>
    /// Replaces the faults of a listener, while packets are forwarded. Packets that wait because of the old faults are sent at once.
    /// </summary>
    /// <param name="virtualAddress">The listener's address.</param>
    /// <param name="faults">The new faults; <c>new FaultOptions()</c> for none. Later changes have no effect.</param>
    /// <exception cref="ArgumentException">There is no such listener, or a fault is invalid; the message says what to do.</exception>
    public void SetFaults(IPEndPoint virtualAddress, FaultOptions faults)
    {
        Listener listener = FindListener(virtualAddress);
        OptionsValidation.CheckFaults(faults, virtualAddress.AddressFamily, nameof(faults));
        _core.Change(() =>
        {
            listener.SetFaults(faults);
            // A large segment is one packet on the device, but a fault's share is one of packets on the wire.
            _tun.TryAllowOffload(!_core.Listeners.Any(listener => listener.Faults is not null));
        });
    }

    /// <summary>
    /// Changes a back end's share of the new connections, while packets are forwarded. With 0 it drains: it gets no new
    /// connections, and its existing ones continue. <see cref="ListBackEnds"/> tells how many are left.
    /// </summary>
    /// <param name="virtualAddress">The listener's address.</param>
    /// <param name="backEnd">The server.</param>
    /// <param name="weight">Relative to the other weights, 0 to 1000000.</param>
    /// <exception cref="ArgumentException">
    /// There is no such listener or back end, or the weight is out of range; the message says what to do.
    /// </exception>
    public void SetWeight(IPEndPoint virtualAddress, IPEndPoint backEnd, int weight)
    {
        Listener listener = FindListener(virtualAddress);
        ArgumentNullException.ThrowIfNull(backEnd);
        OptionsValidation.CheckWeight(weight, nameof(weight));
        BackEnd[] meant = [.. listener.Scheduler.BackEnds];
        meant = Array.FindAll(meant, one => one.Address.ToEndPoint().Equals(backEnd));
        if (meant.Length == 0)
        {
            throw new ArgumentException(
                $"{backEnd} is not a back end of {virtualAddress}. It has: "
                + $"{string.Join(", ", listener.Scheduler.BackEnds.ToArray().Select(one => one.Address))}.");
        }

        _core.Change(() =>
        {
            foreach (BackEnd one in meant)
                one.Weight = weight;
        });
    }

    /// <summary>
    /// Stops the balancer, and removes the device with its routes. Connections are not reset: their later packets have no
    /// route any more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _loops.Stop();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopRegistration.DisposeAsync().ConfigureAwait(false);
    }

    private Listener FindListener(IPEndPoint virtualAddress)
    {
        ArgumentNullException.ThrowIfNull(virtualAddress);
        return _core.Listeners.FirstOrDefault(listener => listener.VirtualAddress.ToEndPoint().Equals(virtualAddress))
            ?? throw new ArgumentException(
                $"{virtualAddress} is not a virtual address of this balancer. It has: "
                + $"{string.Join(", ", _core.Listeners.Select(listener => listener.VirtualAddress))}.");
    }

    private async Task EndAsync()
    {
        try
        {
            await _loops.Completion.ConfigureAwait(false);
            _logger.Stopped(_tun.Name);
        }
        catch (Exception exception)
        {
            _logger.Failed(exception, _tun.Name);
            throw;
        }
        finally
        {
            _checks.Dispose();
            _capture?.Dispose();
            _tun.Dispose();
        }
    }

    // Clients and servers need cores too, most of all for new connections. Each queue must have a source port.
    private static int QueuesFor(LoadBalancerOptions options) => options.Queues > 0
        ? options.Queues
        : Math.Min(Math.Clamp(Environment.ProcessorCount / 2, 1, MostUsualQueues), options.LastPort - options.FirstPort + 1);

    // Without host bits, so that 10.64.0.1/24 and 10.64.0.2/24 give one route.
    private static AddressPrefix Network(AddressPrefix prefix) =>
        new(Addresses.ToIPAddress(Addresses.LowestOf(prefix)), prefix.Length);
}
