using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Device;

/// <summary>Checks the machine for settings that would drop packets silently, and reports them.</summary>
internal static class Surroundings
{
    private const string ForwardsIPv4 = "/proc/sys/net/ipv4/ip_forward";
    private const string ForwardsIPv6 = "/proc/sys/net/ipv6/conf/all/forwarding";

    /// <exception cref="IOException">An address is in use; the message names it, and says what to do.</exception>
    public static void DemandFreeAddresses(LoadBalancerOptions options)
    {
        foreach ((IPAddress address, string name) in OwnAddresses())
            DemandFree(options, address, name);
    }

    public static void TellOfForwarding(LoadBalancerOptions options, ILogger logger)
    {
        if (IsOff(ForwardsIPv4))
            logger.NotForwarding("net.ipv4.ip_forward");
        if ((options.Listeners.Any(IsIPv6) || options.SourceAddresses.Any(IsIPv6)) && IsOff(ForwardsIPv6))
            logger.NotForwarding("net.ipv6.conf.all.forwarding");
    }

    private static bool IsIPv6(ListenerOptions listener) => listener.VirtualAddress.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsIPv6(AddressPrefix source) => source.Address.AddressFamily == AddressFamily.InterNetworkV6;

    private static void DemandFree(LoadBalancerOptions options, IPAddress address, string name)
    {
        if (options.Listeners.Any(listener => listener.VirtualAddress.Address.Equals(address)))
        {
            throw new IOException(
                $"The virtual address {address} is an address of this machine (interface {name}), so its packets do not reach "
                + "the balancer. Remove it from the interface (ip addr del), or use another address.");
        }

        if (options.SourceAddresses.Any(source => source.Contains(address)))
        {
            throw new IOException(
                $"The source address {address} is an address of this machine (interface {name}), so the answers of servers do "
                + "not reach the balancer. Use an address that nothing else uses.");
        }
    }

    // If the addresses cannot be listed, the balancer may still work, so this is not an error. For example, .NET reads
    // /etc/resolv.conf here, which a small system may not have.
    private static List<(IPAddress Address, string Name)> OwnAddresses()
    {
        try
        {
            return
            [
                .. from network in NetworkInterface.GetAllNetworkInterfaces()
                   from unicast in network.GetIPProperties().UnicastAddresses
                   select (unicast.Address, network.Name),
            ];
        }
        catch (Exception exception) when (exception is NetworkInformationException or IOException)
        {
            return [];
        }
    }

    private static bool IsOff(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() == "0";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
