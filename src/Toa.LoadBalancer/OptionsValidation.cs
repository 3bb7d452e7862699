using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>Validates the settings before anything is set up. Each message names the setting, and says what to do.</summary>
internal static class OptionsValidation
{
    private const int LeastMtu = 1280;
    private const int MostWeight = 1_000_000;
    private const int MostFlows = 10_000_000;
    private const int MostQueues = 256;
    private const long LeastBandwidth = 8_000;
    private const long MostBandwidth = 100_000_000_000;
    private const int LeastPacket = 68;

    private static readonly TimeSpan s_mostDelay = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentException">A setting is invalid; the message names it.</exception>
    public static void Check(LoadBalancerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require(
            TunDevice.IsName(options.DeviceName),
            $"DeviceName: '{options.DeviceName}' is not an interface name of at most {TunDevice.MostNameLength} characters.");
        Require(
            options.Mtu is >= LeastMtu and <= ushort.MaxValue,
            $"Mtu: must be {LeastMtu} (the minimum of IPv6) to {ushort.MaxValue}, but is {options.Mtu}.");
        Require(
            options.FirstPort is >= 1 && options.LastPort <= ushort.MaxValue && options.FirstPort <= options.LastPort,
            $"FirstPort, LastPort: {options.FirstPort} to {options.LastPort} is not a range of ports within 1 to {ushort.MaxValue}.");
        Require(
            options.Queues is >= 0 and <= MostQueues,
            $"Queues: must be 1 to {MostQueues}, or 0 for the number of CPU cores, but is {options.Queues}.");
        int ports = options.LastPort - options.FirstPort + 1;
        Require(
            options.Queues <= ports,
            $"Queues: {options.Queues} queues need as many source ports, but there are only {ports}.");
        Require(options.CaptureFile is null or { Length: > 0 }, "CaptureFile: the name is empty. Use the name of a file.");
        CheckSources(options.SourceAddresses);
        CheckFlows(options.Flows);

        Require(options.Listeners.Count > 0, "Listeners: the list is empty. Add a listener with a virtual address and a back end.");
        HashSet<TransportAddress> seen = [];
        for (int i = 0; i < options.Listeners.Count; i++)
        {
            string entry = $"Listeners[{i}]";
            ListenerOptions? listener = options.Listeners[i];
            Require(listener is not null, $"{entry} is null.");
            CheckListener(listener!, entry, options);
            Require(
                seen.Add(TransportAddress.From(listener!.VirtualAddress)),
                $"{entry}.VirtualAddress: {listener.VirtualAddress} belongs to another listener already. Give it another "
                + "port, or put all back ends into one listener.");
        }
    }

    private static void CheckSources(IList<AddressPrefix> sources)
    {
        Require(
            sources.Count > 0,
            "SourceAddresses: the list is empty. Add an address that nothing else uses, for example 10.64.0.1/32.");
        long addresses = 0;
        foreach (AddressPrefix source in sources)
        {
            Require(source.Address is not null, "SourceAddresses: an entry has no address.");
            Require(
                !source.Address!.IsIPv4MappedToIPv6,
                $"SourceAddresses: {source} is an IPv4-mapped IPv6 network. Use the IPv4 network.");
            Require(
                Addresses.CanBeSource(Addresses.From(source.Address!)),
                $"SourceAddresses: {source} cannot be the source address of a host.");
            addresses += SourcePorts.CountAddresses(source);
        }

        Require(
            addresses <= SourcePorts.MaxAddresses,
            $"SourceAddresses: these are too many addresses: the maximum is {SourcePorts.MaxAddresses}. Use a longer prefix.");
    }

    private static void CheckFlows(FlowOptions flows)
    {
        Require(flows is not null, "Flows is null.");
        Require(
            flows!.MaxFlows is >= 1 and <= MostFlows, $"Flows.MaxFlows: must be 1 to {MostFlows}, but is {flows.MaxFlows}.");
        Require(Enum.IsDefined(flows.WhenFull), $"Flows.WhenFull: {flows.WhenFull} is not a valid policy.");
        RequireTime(flows.HandshakeTimeout, "Flows.HandshakeTimeout");
        RequireTime(flows.IdleTimeout, "Flows.IdleTimeout");
        RequireTime(flows.ClosingTimeout, "Flows.ClosingTimeout");
        RequireTime(flows.ClosedTimeout, "Flows.ClosedTimeout");
        Require(flows.PortRest >= TimeSpan.Zero, $"Flows.PortRest: {flows.PortRest} is negative.");
    }

    private static void CheckListener(ListenerOptions listener, string entry, LoadBalancerOptions options)
    {
        IPEndPoint address = listener.VirtualAddress;
        CheckEndPoint(address, $"{entry}.VirtualAddress");
        foreach (AddressPrefix source in options.SourceAddresses)
        {
            Require(
                !source.Contains(address.Address),
                $"{entry}.VirtualAddress: {address.Address} is one of the source addresses ({source}). Use different "
                + "addresses: otherwise requests and answers cannot be distinguished.");
        }

        AddressFamily family = address.AddressFamily;
        CheckFormat(listener, family, entry);
        Require(
            Enum.IsDefined(listener.Placement), $"{entry}.Placement: {listener.Placement} is not a valid placement.");

        Require(
            listener.BackEnds.Count > 0,
            $"{entry}.BackEnds: {address} has no back ends. Add the address and port of a server.");
        for (int i = 0; i < listener.BackEnds.Count; i++)
            CheckBackEnd(listener.BackEnds[i], $"{entry}.BackEnds[{i}]", options);
        Require(
            Enum.IsDefined(listener.Scheduling), $"{entry}.Scheduling: {listener.Scheduling} is not a valid scheduling.");
        CheckHealth(listener.HealthCheck, $"{entry}.HealthCheck");
        CheckFaults(listener.Faults, family, $"{entry}.Faults");
    }

    private static void CheckFormat(ListenerOptions listener, AddressFamily family, string entry)
    {
        ToaOptionFormat format = listener.Format;
        Require(format is not null, $"{entry}.Format is null.");
        if (format!.ProblemFor(family) is { } problem)
        {
            throw new ArgumentException(
                $"{entry}.Format: {format} cannot hold a client of {listener.VirtualAddress}: {problem}.");
        }

        int bits = format.For(family)!.NetworkIdBits;
        Require(
            (ulong)listener.NetworkId >> bits == 0,
            $"{entry}.NetworkId: {listener.NetworkId} does not fit into the {bits} bits of {format}. "
            + $"Use 0 to {(1UL << bits) - 1}.");
    }

    private static void CheckBackEnd(BackEndOptions? backEnd, string entry, LoadBalancerOptions options)
    {
        Require(backEnd is not null, $"{entry} is null.");
        CheckEndPoint(backEnd!.Address, $"{entry}.Address");
        AddressFamily family = backEnd.Address.AddressFamily;
        Require(
            options.SourceAddresses.Any(source => source.Address.AddressFamily == family),
            $"{entry}.Address: {backEnd.Address} cannot be reached, because no source address is of its family. Add one, for "
            + $"example {(family == AddressFamily.InterNetwork ? "10.64.0.1/32" : "fd00:64::1/128")}.");
        IPAddress address = backEnd.Address.Address;
        bool isOwn = options.SourceAddresses.Any(source => source.Contains(address))
            || options.Listeners.Any(listener => address.Equals(listener?.VirtualAddress?.Address));
        Require(
            !isOwn,
            $"{entry}.Address: {address} is an address of the balancer, so packets would loop. Use the address of the server.");
        CheckWeight(backEnd.Weight, $"{entry}.Weight");
    }

    public static void CheckWeight(int weight, string entry) =>
        Require(weight is >= 0 and <= MostWeight, $"{entry}: the weight must be 0 to {MostWeight}, but is {weight}.");

    private static void CheckHealth(HealthCheckOptions? check, string entry)
    {
        if (check is null)
            return;
        RequireTime(check.Interval, $"{entry}.Interval");
        RequireTime(check.Timeout, $"{entry}.Timeout");
        Require(check.FailuresToDown >= 1, $"{entry}.FailuresToDown: {check.FailuresToDown} is less than 1.");
        Require(check.SuccessesToUp >= 1, $"{entry}.SuccessesToUp: {check.SuccessesToUp} is less than 1.");
    }

    public static void CheckFaults(FaultOptions faults, AddressFamily family, string entry)
    {
        Require(faults is not null, $"{entry} is null.");
        CheckPath(faults!.ToServers, $"{entry}.ToServers");
        CheckPath(faults.ToClients, $"{entry}.ToClients");
        RequireShare(faults.ForgedBefore, $"{entry}.ForgedBefore");
        RequireShare(faults.ForgedAfter, $"{entry}.ForgedAfter");
        RequireShare(faults.Truncated, $"{entry}.Truncated");
        Require(
            faults.ForgedClient is null || faults.ForgedClient.AddressFamily == family,
            $"{entry}.ForgedClient: {faults.ForgedClient} is not of the same address family as the virtual address.");
    }

    private static void CheckPath(PathFaults path, string entry)
    {
        RequireShare(path.Drop, $"{entry}.Drop");
        RequireShare(path.Duplicate, $"{entry}.Duplicate");
        RequireShare(path.Reorder, $"{entry}.Reorder");
        RequireDelay(path.Latency, $"{entry}.Latency");
        RequireDelay(path.Jitter, $"{entry}.Jitter");
        Require(
            path.Bandwidth is 0 or (>= LeastBandwidth and <= MostBandwidth),
            $"{entry}.Bandwidth: must be {LeastBandwidth} to {MostBandwidth} bits a second, or 0 for no limit, but is {path.Bandwidth}.");
        Require(
            path.LargestPacket is 0 or (>= LeastPacket and <= ushort.MaxValue),
            $"{entry}.LargestPacket: must be {LeastPacket} to {ushort.MaxValue} bytes, or 0 for no limit, but is {path.LargestPacket}.");
        Require(path.ResetAfter >= 0, $"{entry}.ResetAfter: {path.ResetAfter} is negative.");
    }

    private static void RequireDelay(TimeSpan delay, string entry) => Require(
        delay >= TimeSpan.Zero && delay <= s_mostDelay,
        $"{entry}: must be 0 to {s_mostDelay.TotalSeconds} s, but is {delay}.");

    private static void CheckEndPoint(IPEndPoint? endPoint, string entry)
    {
        Require(endPoint is not null, $"{entry} is null.");
        Require(endPoint!.Port != 0, $"{entry}: {endPoint} has no port.");
        Require(
            !endPoint.Address.IsIPv4MappedToIPv6,
            $"{entry}: {endPoint} is an IPv4-mapped IPv6 address. Use {endPoint.Address.MapToIPv4()}.");
        Require(
            Addresses.CanBeSource(Addresses.From(endPoint.Address)),
            $"{entry}: {endPoint.Address} is not an address that packets can be sent to.");
    }

    private static void RequireTime(TimeSpan time, string entry) =>
        Require(time >= TimeSpan.FromMilliseconds(1), $"{entry}: must be at least 1 ms, but is {time}.");

    private static void RequireShare(double share, string entry) =>
        Require(share is >= 0 and <= 100, $"{entry}: must be a percentage from 0 to 100, but is {share}.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new ArgumentException(message);
    }
}
