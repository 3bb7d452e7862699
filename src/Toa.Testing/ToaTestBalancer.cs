using System;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.Diagnostics;
using Toa.LoadBalancing;

namespace Toa.Testing;

/// <summary>
/// A load balancer in a <see cref="ToaTestNetwork"/> that writes TOA options. It has an IPv4 and an IPv6 virtual address with the
/// same servers behind them, and clients that have the addresses that the test chooses.
/// </summary>
/// <remarks>Thread safety: all members may be called from any thread.</remarks>
public sealed class ToaTestBalancer : IAsyncDisposable
{
    private const int MostAttempts = 250;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly ToaTestNetwork _network;
    private readonly ListenerOptions[] _listeners;
    private FaultOptions _faults = new();

    private ToaTestBalancer(ToaTestNetwork network, LoadBalancer balancer, ListenerOptions[] listeners)
    {
        _network = network;
        LoadBalancer = balancer;
        _listeners = listeners;
    }

    /// <summary>The balancer: its counters, flows and back ends.</summary>
    public LoadBalancer LoadBalancer { get; }

    /// <summary>The address that IPv4 clients connect to.</summary>
    public IPEndPoint VirtualIPv4 => _listeners[0].VirtualAddress;

    /// <summary>The address that IPv6 clients connect to.</summary>
    public IPEndPoint VirtualIPv6 => _listeners[1].VirtualAddress;

    /// <summary>
    /// The faults of both virtual addresses. Setting them takes effect at once; changes of the object later have no effect.
    /// <see cref="FaultOptions.ForgedClient"/> is used for clients of its address family.
    /// </summary>
    /// <exception cref="ArgumentException">A fault is invalid; the message says what to do.</exception>
    public FaultOptions Faults
    {
        get => _faults;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (ListenerOptions listener in _listeners)
            {
                FaultOptions faults = value.Copy();
                if (faults.ForgedClient?.AddressFamily != listener.VirtualAddress.AddressFamily)
                    faults.ForgedClient = null;
                LoadBalancer.SetFaults(listener.VirtualAddress, faults);
            }

            _faults = value;
        }
    }

    /// <summary>
    /// One sentence that says why servers on this machine cannot find the client, and what to do; <see langword="null"/> if they
    /// can. With <see cref="OptionPlacement.SynAndUntilAcknowledged"/> they need no provider, if they read the saved SYN
    /// (<see cref="ToaOptions.ReadSavedSyn"/>); with the other placements, the module or the eBPF provider must be loaded.
    /// </summary>
    public string? ProviderSkipReason
    {
        get
        {
            OptionPlacement placement = _listeners[0].Placement;
            if (placement == OptionPlacement.SynAndUntilAcknowledged || ToaProvider.Detect().Kind != ToaProviderKind.None)
                return null;
            return $"With the placement {placement} only a provider can read the TOA option, and this kernel has no provider. Load "
                + "one (toa provider load), or use SynAndUntilAcknowledged.";
        }
    }

    /// <summary>Starts a balancer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="server">
    /// The server's address in the network: that of a socket from <see cref="ToaTestNetwork.Bind"/>. Any and loopback addresses mean
    /// the same as there. Or the virtual address of another balancer in the network.
    /// </param>
    /// <param name="configure">
    /// Changes the settings of each virtual address, for example the format, the placement or the servers. The default placement is
    /// <see cref="OptionPlacement.SynAndUntilAcknowledged"/>. Health checks are not possible.
    /// </param>
    /// <param name="captureFile">
    /// A file for the packets of both sides, in the form pcapng, to see why a test fails; <see langword="null"/> for none.
    /// </param>
    /// <param name="logger">The balancer's log; <see langword="null"/> to log nothing.</param>
    /// <exception cref="ArgumentException">A setting is invalid; the message says what to do.</exception>
    /// <exception cref="System.IO.IOException">The network has ended, or refuses the balancer's device; the message says why.</exception>
    public static ToaTestBalancer Start(
        ToaTestNetwork network, IPEndPoint server, Action<ListenerOptions>? configure = null, string? captureFile = null,
        ILogger<LoadBalancer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(server);
        IPEndPoint backEnd = ToaTestNetwork.ServerEndPoint(server, nameof(server));
        if (backEnd.Address.Equals(IPAddress.IPv6Any))
            backEnd = new IPEndPoint(ToaTestNetwork.ServerIPv6, backEnd.Port);
        if (backEnd.Port == 0)
            throw new ArgumentException($"{server} has no port: use the LocalEndPoint of the bound socket.", nameof(server));

        (LoadBalancerOptions options, IPEndPoint ipv4, IPEndPoint ipv6) = network.NextBalancer();
        foreach (IPEndPoint address in new[] { ipv4, ipv6 })
        {
            ListenerOptions listener = new()
            {
                VirtualAddress = address,
                BackEnds = { new BackEndOptions { Address = backEnd } },
                Placement = OptionPlacement.SynAndUntilAcknowledged,
            };
            configure?.Invoke(listener);
            if (listener.HealthCheck is not null)
                throw new ArgumentException("Health checks are not possible in a test network: set HealthCheck to null.");
            options.Listeners.Add(listener);
        }

        options.CaptureFile = captureFile;
        options.Validate();
        TunDevice device = network.OpenDevice(LoadBalancer.DeviceFor(options));
        try
        {
            LoadBalancer balancer = LoadBalancer.StartOn(
                device, options, (ILogger?)logger ?? NullLogger.Instance, CancellationToken.None);
            return new ToaTestBalancer(network, balancer, [.. options.Listeners]);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Connects a client to the virtual address of its family.</summary>
    /// <param name="client">The client's address. Port 0 for any free port.</param>
    /// <param name="stop">Ends the attempt.</param>
    /// <returns>The connected socket. The caller disposes of it.</returns>
    /// <exception cref="ArgumentException">A client cannot have this address; the message says why.</exception>
    /// <exception cref="SocketException">
    /// The server does not accept the connection, or an open connection has this port.
    /// </exception>
    public async Task<Socket> ConnectAsync(IPEndPoint client, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        for (int attempt = 1; ; attempt++)
        {
            Socket socket = _network.CreateClient(client);
            try
            {
                await socket.ConnectAsync(
                    socket.AddressFamily == AddressFamily.InterNetwork ? VirtualIPv4 : VirtualIPv6, stop).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable && attempt < MostAttempts)
            {
                // The last connection with this port has not ended yet: its FINs are on their way.
                socket.Dispose();
                await Task.Delay(s_pause, stop).ConfigureAwait(false);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>
    /// Creates an HTTP client with an address. Its base address is the virtual address of the client's family.
    /// </summary>
    /// <param name="client">The client's address.</param>
    /// <remarks>All requests go to the virtual address, also those to other hosts. Redirects are not followed.</remarks>
    public HttpClient CreateHttpClient(IPAddress client)
    {
        ArgumentNullException.ThrowIfNull(client);
        IPEndPoint virtualAddress = client.AddressFamily == AddressFamily.InterNetwork || client.IsIPv4MappedToIPv6
            ? VirtualIPv4
            : VirtualIPv6;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (_, stop) => new NetworkStream(
                await ConnectAsync(new IPEndPoint(client, 0), stop).ConfigureAwait(false), ownsSocket: true),
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"http://{virtualAddress}/") };
    }

    /// <summary>Stops the balancer, and removes its device.</summary>
    public ValueTask DisposeAsync() => LoadBalancer.DisposeAsync();
}
