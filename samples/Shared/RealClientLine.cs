using System.Net;
using System.Net.Sockets;

namespace Samples;

/// <summary>The line that a server prints for each client, in the format of the balancer vendor's sample.</summary>
internal static class RealClientLine
{
    /// <summary><c>real client v6 [2001:db8::1]:40000</c>, or <c>real client v4 [192.0.2.10]:5555</c>.</summary>
    public static string Of(IPEndPoint client)
    {
        string version = client.AddressFamily == AddressFamily.InterNetworkV6 ? "v6" : "v4";
        return $"real client {version} [{client.Address}]:{client.Port}";
    }
}
