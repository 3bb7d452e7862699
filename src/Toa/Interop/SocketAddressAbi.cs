namespace Toa.Interop;

/// <summary>
/// The layout of Linux's struct sockaddr_in and struct sockaddr_in6, which is the same on every architecture that .NET supports.
/// The family and the scope id are in host byte order, ports and addresses in network byte order.
/// </summary>
internal static class SocketAddressAbi
{
    public const int InterNetwork = 2;
    public const int InterNetworkV6 = 10;

    public const int Family = 0;
    public const int Port = 2;

    public const int InterNetworkSize = 16;
    public const int InterNetworkAddress = 4;

    public const int InterNetworkV6Size = 28;
    public const int InterNetworkV6Address = 8;
    public const int InterNetworkV6ScopeId = 24;

    /// <summary>The size of the longest address that getpeername returns for a TCP socket.</summary>
    public const int LargestSize = InterNetworkV6Size;
}
