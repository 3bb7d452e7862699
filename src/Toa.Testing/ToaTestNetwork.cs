using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;
using Toa.LoadBalancing;
using Toa.Testing.Internal;

namespace Toa.Testing;

/// <summary>
/// A network for tests: a network namespace with the complete TCP of this machine's kernel, and no connection to other networks.
/// Servers and clients stay in the test's process; their sockets belong to the network.
/// </summary>
/// <remarks>
/// <para>
/// Needs Linux, <c>unshare</c> (util-linux) and access to <c>/dev/net/tun</c>. Without root it also needs user namespaces, which
/// most distributions allow. <see cref="SkipReason"/> says whether that is so.
/// </para>
/// <para>Thread safety: all members may be called from any thread.</para>
/// </remarks>
public sealed class ToaTestNetwork : IAsyncDisposable
{
    private static readonly Lazy<string?> s_skipReason = new(FindSkipReason);

    // Documentation networks (RFC 5737, RFC 3849), which clients would not use by chance.
    private static readonly AddressPrefix s_virtualIPv4 = AddressPrefix.Parse("198.51.100.0/24");
    private static readonly AddressPrefix s_virtualIPv6 = AddressPrefix.Parse("2001:db8:100::/64");

    private readonly NamespaceProcess _process;
    private readonly HashSet<IPAddress> _clients = [];
    private readonly Lock _gate = new();
    private int _balancers;

    private ToaTestNetwork(NamespaceProcess process) => _process = process;

    /// <summary>
    /// One sentence that says why this machine cannot run such tests, and what to do; <see langword="null"/> if it can. The first
    /// call makes a network to find out.
    /// </summary>
    /// <example><c>Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);</c></example>
    public static string? SkipReason => s_skipReason.Value;

    /// <summary>The address of servers that use IPv4.</summary>
    public static IPAddress ServerIPv4 { get; } = IPAddress.Parse("10.0.0.2");

    /// <summary>The address of servers that use IPv6.</summary>
    public static IPAddress ServerIPv6 { get; } = IPAddress.Parse("fd00:10::2");

    /// <summary>
    /// The networks from which balancers connect to servers, for a server's list of known proxies: <c>10.64.0.0/16</c> and
    /// <c>fd00:64::/64</c>.
    /// </summary>
    public static IReadOnlyList<string> BalancerNetworks { get; } = ["10.64.0.0/16", "fd00:64::/64"];

    internal int ProcessId => _process.Id;

    /// <summary>Makes a network.</summary>
    /// <exception cref="IOException">This machine does not allow it; the message says why, and what to do.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static async Task<ToaTestNetwork> StartAsync(CancellationToken stop = default)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Tests with TCP options need Linux.");
        return new ToaTestNetwork(await NamespaceProcess.StartAsync(stop).ConfigureAwait(false));
    }

    /// <summary>
    /// Creates a server's socket in the network, and binds it. With ASP.NET Core:
    /// <c>builder.WebHost.UseSockets(sockets =&gt; sockets.CreateBoundListenSocket = network.Bind)</c>.
    /// </summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>. <see cref="IPAddress.Any"/> and IPv4 loopback addresses become <see cref="ServerIPv4"/>, because
    /// a balancer cannot connect to loopback addresses, and <see cref="IPAddress.IPv6Loopback"/> becomes <see cref="ServerIPv6"/>.
    /// With <see cref="IPAddress.IPv6Any"/> the socket serves both families. Port 0 for any free port.
    /// </param>
    /// <returns>The socket, which does not listen yet. The caller disposes of it.</returns>
    /// <exception cref="ArgumentException"><paramref name="endPoint"/> is no address of the network.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    public Socket Bind(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (endPoint is not IPEndPoint wanted)
            throw new ArgumentException($"{endPoint} is not an IP address and port.", nameof(endPoint));
        IPEndPoint address = ServerEndPoint(wanted, nameof(endPoint));
        Socket socket = CreateSocket(address.AddressFamily);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Creates a client's socket in the network, bound to its address, which may be any unicast address.</summary>
    /// <param name="client">The client's address. Port 0 for any free port.</param>
    /// <returns>The socket, which is not connected yet. The caller disposes of it.</returns>
    /// <exception cref="ArgumentException">A client cannot have this address; the message says why.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    public Socket CreateClient(IPEndPoint client)
    {
        ArgumentNullException.ThrowIfNull(client);
        IPAddress address = ClientAddress(client.Address);
        lock (_gate)
        {
            if (!_clients.Contains(address))
                _process.Ask(new Request.OfAddress(address), out _);
            _clients.Add(address);
        }

        Socket socket = CreateSocket(address.AddressFamily);
        try
        {
            // A port of a connection that is ending is free for tests.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.NoDelay = true;
            socket.Bind(new IPEndPoint(address, client.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Ends the network. Sockets that are still open can reach each other, but no new ones can be created. Dispose of the balancers first.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the network as a user would who kills its process.</summary>
    internal void KillProcess() => _process.Kill();

    /// <summary>The address of a server in the network, as <see cref="Bind"/> binds it.</summary>
    internal static IPEndPoint ServerEndPoint(IPEndPoint wanted, string parameter)
    {
        IPAddress address = wanted.Address;
        if (address.Equals(IPAddress.Any) || (IPAddress.IsLoopback(address) && address.AddressFamily == AddressFamily.InterNetwork))
            return new IPEndPoint(ServerIPv4, wanted.Port);
        if (address.Equals(IPAddress.IPv6Loopback))
            return new IPEndPoint(ServerIPv6, wanted.Port);
        if (address.Equals(IPAddress.IPv6Any) || address.Equals(ServerIPv4) || address.Equals(ServerIPv6) || IsVirtual(address))
            return wanted;
        throw new ArgumentException(
            $"{address} is no address of the test network. Use {ServerIPv4}, {ServerIPv6}, or an Any or Loopback address.", parameter);
    }

    /// <summary>Settings for a balancer that no other one in this network has: the device, virtual addresses, sources.</summary>
    internal (LoadBalancerOptions Options, IPEndPoint IPv4, IPEndPoint IPv6) NextBalancer()
    {
        const int Port = 80, Most = 250;
        int number = Interlocked.Increment(ref _balancers);
        if (number > Most)
            throw new InvalidOperationException($"A test network can have {Most} balancers. Start another one.");
        LoadBalancerOptions options = new()
        {
            DeviceName = $"toa{number}",
            // The process passes one file.
            Queues = 1,
            SourceAddresses =
            {
                AddressPrefix.Parse($"10.64.{number}.0/28"),
                AddressPrefix.Parse($"fd00:64::{number:x}:0/124"),
            },
        };
        return (
            options, new IPEndPoint(IPAddress.Parse($"198.51.100.{number}"), Port),
            new IPEndPoint(IPAddress.Parse($"2001:db8:100::{number:x}"), Port));
    }

    /// <exception cref="IOException">The device cannot be created; the message says why.</exception>
    internal TunDevice OpenDevice(TunOptions options)
    {
        string hasOffloadHeader = _process.Ask(new Request.OfDevice(options), out SafeFileHandle? file);
        return new TunDevice(new TunQueue(Demand(file), options.Name, bool.Parse(hasOffloadHeader)), options);
    }

    private static bool IsVirtual(IPAddress address) => s_virtualIPv4.Contains(address) || s_virtualIPv6.Contains(address);

    private static string? FindSkipReason()
    {
        try
        {
            // Off the caller's context, which may wait for this thread.
            return Task.Run(async () =>
            {
                await using ToaTestNetwork network = await StartAsync().ConfigureAwait(false);
                network.OpenDevice(new TunOptions { Routes = [s_virtualIPv4, s_virtualIPv6] }).Dispose();
                return (string?)null;
            }).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return e.Message;
        }
    }

    private static IPAddress ClientAddress(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        string? fault = address switch
        {
            _ when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "is no address of a machine",
            _ when IPAddress.IsLoopback(address) => "is a loopback address, which does not reach a balancer",
            _ when address.IsIPv6Multicast || address.IsIPv6LinkLocal || address.GetAddressBytes() is [>= 224, _, _, _] =>
                "is no unicast address that routers forward",
            _ when address.Equals(ServerIPv4) || address.Equals(ServerIPv6) => "is the server's",
            _ when IsVirtual(address) => "is in the network of the virtual addresses",
            _ when BalancerNetworks.Any(network => AddressPrefix.Parse(network).Contains(address)) =>
                "is in a network of the balancers",
            _ => null,
        };
        return fault is null ? address : throw new ArgumentException($"{address} {fault}. Use another client address.");
    }

    // The kernel drops a file for which the process has no descriptor.
    private static SafeFileHandle Demand(SafeFileHandle? file) =>
        file ?? throw new IOException("This process has no free file descriptor: see ulimit -n.");

    private Socket CreateSocket(AddressFamily family)
    {
        _process.Ask(new Request.OfSocket(family), out SafeFileHandle? file);
        // The socket owns the descriptor from now on.
        SafeSocketHandle handle = new(Demand(file).DangerousGetHandle(), ownsHandle: true);
        file!.SetHandleAsInvalid();
        return new Socket(handle);
    }
}
