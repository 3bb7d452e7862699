using System.Net;

namespace Toa.Tool.Machines;

/// <summary>IPv4-mapped IPv6 addresses, with which IPv6 sockets show IPv4.</summary>
internal static class MappedAddress
{
    /// <summary>The IPv4 address if it is mapped; otherwise the address itself.</summary>
    public static IPAddress Unmap(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
