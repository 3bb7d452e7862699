using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.LoadBalancing.Backends;
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
    private readonly TunDevice _tun;
    private readonly PacketLoop _loop;
    private readonly HealthChecks _checks;
    private readonly ILogger _logger;
    private readonly CancellationTokenRegistration _stopRegistration;

    private LoadBalancer(TunDevice tun, LoadBalancerOptions options, ILogger logger, CancellationToken stop)
    {
        _tun = tun;
        _logger = logger;
        _loop = new PacketLoop(
            tun,
            sink => new BalancerCore(options, sink, firstPort: Random.Shared.Next()),
            counters => new RefusalLog(logger, counters));
        _checks = new HealthChecks(_loop.Core.Listeners, logger);
        foreach (Listener listener in _loop.Core.Listeners)
        {
            logger.Listening(
                listener.VirtualAddress.ToEndPoint(), tun.Name, listener.Format, listener.Rotation.BackEnds.Length);
        }

        _loop.Start();
        _checks.Start();
        Completion = EndAsync();
        _stopRegistration = stop.Register(_loop.Stop);
    }

    /// <summary>The name of the device.</summary>
    public string DeviceName => _tun.Name;

    /// <summary>
    /// Completes when the balancer has stopped; with an exception if it failed, for example because its device was deleted.
    /// </summary>
    public Task Completion { get; }

    /// <summary>The current counters.</summary>
    public LoadBalancerCounters Counters => _loop.Core.Counters.Snapshot();

    /// <summary>Starts a balancer in the network namespace of the calling thread.</summary>
    /// <param name="options">The settings. Later changes have no effect.</param>
    /// <param name="logger">The log; <see langword="null"/> to log nothing.</param>
    /// <param name="stop">Stops the balancer. You must call <see cref="DisposeAsync"/> nevertheless.</param>
    /// <exception cref="ArgumentException">A setting is invalid; the message names it and says what to do.</exception>
    /// <exception cref="System.IO.IOException">
    /// CAP_NET_ADMIN or <c>/dev/net/tun</c> is missing, or an address is in use. The message says what to do.
    /// </exception>
    public static LoadBalancer Start(
        LoadBalancerOptions options, ILogger<LoadBalancer>? logger = null, CancellationToken stop = default)
    {
        OptionsValidation.Check(options);
        ILogger log = logger ?? NullLogger<LoadBalancer>.Instance;
        Surroundings.DemandFreeAddresses(options);

        TunDevice tun = TunDevice.Open(new TunOptions
        {
            Name = options.DeviceName,
            Mtu = options.Mtu,
            Offload = options.Offload && options.Listeners.All(listener => !listener.Faults.Any),
            Routes = [.. options.Listeners.Select(HostRoute).Concat(options.SourceAddresses.Select(Network)).Distinct()],
        });
        try
        {
            Surroundings.TellOfForwarding(options, log);
            if (tun.WasRefusedOffload)
                log.NoOffload(tun.Name);
            return new LoadBalancer(tun, options, log, stop);
        }
        catch
        {
            tun.Dispose();
            throw;
        }
    }

    /// <summary>Lists the flows, including those that have just closed. Packets are forwarded at the same time.</summary>
    public IReadOnlyList<FlowEntry> ListFlows() => _loop.ListFlows();

    /// <summary>Lists the back ends of all listeners.</summary>
    public IReadOnlyList<BackEndStatus> ListBackEnds()
    {
        List<BackEndStatus> backEnds = [];
        foreach (Listener listener in _loop.Core.Listeners)
        {
            foreach (BackEnd backEnd in listener.Rotation.BackEnds)
            {
                backEnds.Add(new BackEndStatus
                {
                    VirtualAddress = listener.VirtualAddress.ToEndPoint(),
                    Address = backEnd.Address.ToEndPoint(),
                    Weight = backEnd.Weight,
                    IsUp = backEnd.IsUp,
                });
            }
        }

        return backEnds;
    }

    /// <summary>
    /// Stops the balancer, and removes the device with its routes. Connections are not reset: their later packets have no
    /// route any more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _loop.Stop();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopRegistration.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        try
        {
            await _loop.Completion.ConfigureAwait(false);
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
            _tun.Dispose();
        }
    }

    // Without host bits, so that 10.64.0.1/24 and 10.64.0.2/24 give one route.
    private static AddressPrefix Network(AddressPrefix prefix) =>
        new(Addresses.ToIPAddress(Addresses.LowestOf(prefix)), prefix.Length);

    private static AddressPrefix HostRoute(ListenerOptions listener)
    {
        IPAddress address = listener.VirtualAddress.Address;
        return new AddressPrefix(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }
}
