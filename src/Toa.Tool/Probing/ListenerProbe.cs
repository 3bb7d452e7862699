using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.LoadBalancing;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Listener = Toa.Tool.Machines.Listener;

namespace Toa.Tool.Probing;

/// <summary>
/// Connects test clients to a program of this machine through a balancer, and asks the kernel for their addresses at the sockets
/// that the program accepted.
/// </summary>
internal sealed class ListenerProbe
{
    private const string DeviceName = "toa-probe";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5), s_pause = TimeSpan.FromMilliseconds(20);

    // Documentation addresses (RFC 5737, RFC 3849), but not those of toa lb demo.
    private static readonly IPAddress[] s_clients = [IPAddress.Parse("203.0.113.207"), IPAddress.Parse("2001:db8:1::cf")];
    private static readonly IPAddress[] s_virtual = [IPAddress.Parse("198.51.100.201"), IPAddress.Parse("2001:db8:100::c9")];

    // The addresses of a listener on all addresses, as the balancer uses them.
    private static readonly IPAddress[] s_servers = [IPAddress.Parse("192.0.2.202"), IPAddress.Parse("2001:db8:2::ca")];

    // The networks of the balancer if the provider trusts all addresses.
    private static readonly AddressPrefix s_anyIPv4 = AddressPrefix.Parse("192.0.2.208/28"), s_anyIPv6 = AddressPrefix.Parse("2001:db8:3::/124");

    private readonly IMachine _machine;
    private readonly Listener _listener;
    private readonly IReadOnlyList<IPEndPoint> _servers;
    private readonly IReadOnlyDictionary<AddressFamily, AddressPrefix> _sources;
    private readonly bool _hasIPv6;

    private ListenerProbe(
        IMachine machine, Listener listener, IReadOnlyList<IPEndPoint> servers, IReadOnlyDictionary<AddressFamily, AddressPrefix> sources,
        bool hasIPv6)
    {
        _machine = machine;
        _listener = listener;
        _servers = servers;
        _sources = sources;
        _hasIPv6 = hasIPv6;
    }

    /// <param name="machine">The machine.</param>
    /// <param name="plan">What to send.</param>
    /// <param name="end">The address and port of the program.</param>
    /// <param name="stop">Ends the probe.</param>
    /// <exception cref="CannotLookException">The connections cannot be made, or the sockets cannot be asked.</exception>
    public static async Task<IReadOnlyList<ProbeResult>> RunAsync(
        IMachine machine, ProbePlan plan, IPEndPoint end, CancellationToken stop)
    {
        ListenerProbe probe = await PrepareAsync(machine, plan, new IPEndPoint(end.Address.Unmap(), end.Port), stop);
        List<ProbeResult> results = [];
        foreach (ToaOptionFormat format in plan.Formats)
        {
            try
            {
                results.AddRange(await probe.VisitAsync(format, stop));
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                throw new CannotLookException(
                    $"Test connections with the format {format} could not be made: {e.Message}",
                    $"If another toa doctor is running, wait for its end. In a container, run toa doctor on the host.");
            }
        }

        return results;
    }

    private static async Task<ListenerProbe> PrepareAsync(IMachine machine, ProbePlan plan, IPEndPoint end, CancellationToken stop)
    {
        if (IPAddress.IsLoopback(end.Address))
            throw new CannotLookException($"A balancer cannot reach {end}.", $"Name an address of this machine, or 0.0.0.0 for all.");

        bool isAny = end.Address.Equals(IPAddress.Any) || end.Address.Equals(IPAddress.IPv6Any);
        IReadOnlySet<IPAddress> own = LocalAddresses.Of(machine);
        foreach (IPAddress address in s_clients.Concat(s_virtual).Concat(s_servers).Where(own.Contains))
            throw new CannotLookException($"This machine has the address {address}, which test connections to a program use.", $"Use toa doctor --probe without an address.");
        // To another machine, the test would leave this one.
        if (!isAny && !own.Contains(end.Address))
            throw new CannotLookException($"{end.Address} is not an address of this machine.", $"Name one of its addresses, or 0.0.0.0 for all.");

        Listener listener = Listener.Find(machine).Where(one => one.End.Port == end.Port && one.Accepts(end.Address))
            .OrderByDescending(one => one.End.Address.Equals(end.Address)).FirstOrDefault()
            ?? throw new CannotLookException($"No program listens on {end}.", $"Start it first. ss -ltn shows the listeners.");
        IPAddress[] servers = !isAny ? [end.Address] : end.Address.Equals(IPAddress.Any) ? [s_servers[0]] : s_servers;
        HashSet<IPAddress> used = await FreeAddress.UsedAsync(machine, own, stop);
        AddressPrefix?[] networks = plan.IsAnyTrusted ? [s_anyIPv4, s_anyIPv6] : [plan.IPv4Source, plan.IPv6Source];
        bool hasIPv6 = HasIPv6(machine);
        Dictionary<AddressFamily, AddressPrefix> sources = [];
        foreach (AddressPrefix network in networks.OfType<AddressPrefix>())
        {
            if ((hasIPv6 || network.Address.AddressFamily == AddressFamily.InterNetwork) && FreeAddress.In(network, used) is { } source)
                sources.Add(source.Address.AddressFamily, source);
        }

        servers = [.. servers.Where(server => sources.ContainsKey(server.AddressFamily))];
        return servers.Length > 0
            ? new ListenerProbe(machine, listener, [.. servers.Select(server => new IPEndPoint(server, end.Port))], sources, hasIPv6)
            : throw new CannotLookException(
                $"The provider trusts no network with an address that is free for a test connection to {end}.",
                $"Use toa doctor --probe without an address: it needs no free address.");
    }

    // A new device takes the setting of default.
    private static bool HasIPv6(IMachine machine) =>
        Socket.OSSupportsIPv6 && machine.ReadText("proc/sys/net/ipv6/conf/default/disable_ipv6")?.Trim() == "0";

    private async Task<IReadOnlyList<ProbeResult>> VisitAsync(ToaOptionFormat format, CancellationToken stop)
    {
        LoadBalancerOptions options = new() { DeviceName = DeviceName, Queues = 1 };
        foreach (AddressPrefix source in _sources.Values)
            options.SourceAddresses.Add(source);
        List<(IPAddress Client, IPEndPoint Virtual, IPEndPoint Server)> paths = [];
        foreach (IPEndPoint server in _servers)
        {
            for (int i = 0; i < s_clients.Length; i++)
            {
                if (!ProbePlan.IsFor(format, s_clients[i].AddressFamily) || (i > 0 && !_hasIPv6))
                    continue;
                IPEndPoint address = new(s_virtual[i], 1 + paths.Count);
                paths.Add((s_clients[i], address, server));
                options.Listeners.Add(new ListenerOptions
                {
                    VirtualAddress = address,
                    BackEnds = { new BackEndOptions { Address = server } },
                    Format = format,
                });
            }
        }

        IEnumerable<IPAddress> addresses = s_clients.Concat(s_servers.Where(server => _servers.Any(one => one.Address.Equals(server))))
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || _hasIPv6);
        using TunDevice device = TunDevice.Open(LoadBalancer.DeviceFor(options, [.. addresses.Select(AddressPrefix.Host)]));
        await using LoadBalancer balancer = LoadBalancer.StartOn(device, options, NullLogger.Instance, CancellationToken.None);
        List<ProbeResult> results = [];
        foreach ((IPAddress client, IPEndPoint address, IPEndPoint server) in paths)
        {
            await CheckRouteAsync(server.Address, _sources[server.AddressFamily].Address, stop);
            await CheckRouteAsync(client, address.Address, stop);
            if (await VisitAsync(balancer, format, client, address, server, stop) is { } result)
                results.Add(result);
        }

        return results;
    }

    /// <summary>Checks that packets go to the balancer: with rules of policy routing, they can leave this machine.</summary>
    private async Task CheckRouteAsync(IPAddress from, IPAddress to, CancellationToken stop)
    {
        // 10.64.0.14 from 10.1.2.3 dev toa-probe uid 0
        ProcessResult route = await _machine.RunAsync("ip", ["-o", "route", "get", to.ToString(), "from", from.ToString()], stop);
        if (!route.Output.Contains($" dev {DeviceName} ", StringComparison.Ordinal))
            throw new CannotLookException(
                $"Packets from {from} to {to} would not go to the test device.", $"ip rule shows the rules of routing. Use toa doctor --probe without an address.");
    }

    /// <returns>Null if the listener is for IPv6 only, and is connected to with IPv6 too.</returns>
    private async Task<ProbeResult?> VisitAsync(
        LoadBalancer balancer, ToaOptionFormat format, IPAddress clientAddress, IPEndPoint address, IPEndPoint server, CancellationToken stop)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(s_patience);
        // If the program does not close its end, a reset ends the connection: no side may wait after the balancer has gone.
        using Socket client = new(clientAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
        client.Bind(new IPEndPoint(clientAddress, 0));
        IPEndPoint own = (IPEndPoint)client.LocalEndPoint!;
        try
        {
            await client.ConnectAsync(address, late.Token);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && _servers.Count > 1
            && server.AddressFamily == AddressFamily.InterNetwork)
        {
            return null;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Message cure = (e as SocketException)?.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => $"Perhaps it is for IPv6 only (ss -ltne shows v6only), or a firewall rule rejects connections of toa-probe.",
                SocketError.ConnectionReset => $"Use toa doctor --probe without an address, or toa listen.",
                _ => $"A firewall rule can drop packets of the interface toa-probe.",
            };
            throw new CannotLookException($"A test connection to {server} failed: {(e as SocketException)?.Message ?? "no answer"}.", cure);
        }

        try
        {
            IPEndPoint? source = balancer.ListFlows().FirstOrDefault(flow => flow.Client.Equals(own))?.Source;
            using Socket accepted = await AcceptedAsync(server, source, late.Token, stop);
            return Probe.Ask(accepted, format, own, _listener.ToString(), accept: null);
        }
        finally
        {
            EndSending(client);
            if (!await EndsAsync())
                client.Close();
            await EndsAsync();
        }

        async Task<bool> EndsAsync()
        {
            for (long end = Environment.TickCount64 + 1000; Environment.TickCount64 < end; await Task.Delay(s_pause, CancellationToken.None))
            {
                if (!balancer.ListFlows().Any(flow => flow.Client.Equals(own) && flow.State < FlowState.Closing))
                    return true;
            }

            return false;
        }
    }

    private static void EndSending(Socket client)
    {
        try
        {
            client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The program has reset the connection.
        }
    }

    private async Task<Socket> AcceptedAsync(IPEndPoint server, IPEndPoint? source, CancellationToken late, CancellationToken stop)
    {
        const string NotAccepted = "0";
        while (source is not null && !late.IsCancellationRequested)
        {
            string? inode = InternetSocket.OfTcp(_machine)
                .Where(socket => socket.State == InternetSocket.Established && Is(socket.Local, server) && Is(socket.Remote, source))
                .Select(socket => socket.Inode).FirstOrDefault();
            if (inode is not (null or NotAccepted) && ForeignSocket.Open(inode, Holder.Of(_machine, [inode])[inode]) is { } accepted)
                return accepted;
            await Task.Delay(s_pause, CancellationToken.None);
        }

        stop.ThrowIfCancellationRequested();
        throw new CannotLookException(
            $"{_listener} did not keep a test connection open, so the kernel could not be asked.",
            $"Use toa doctor --probe without an address, or toa listen.");

        static bool Is(IPEndPoint one, IPEndPoint other) =>
            one.Port == other.Port && one.Address.Unmap().Equals(other.Address.Unmap());
    }
}
