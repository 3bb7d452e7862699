namespace Toa.Interop;

/// <summary>
/// Linux's struct sockaddr_in and struct sockaddr_in6, alike on every architecture that .NET runs on. The family is in
/// the machine's byte order, and so is the scope id; ports and addresses are in network byte order.
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

    /// <summary>Room for the address of any TCP socket, and for every answer of the TOA ABI.</summary>
    public const int LargestSize = InterNetworkV6Size;
}
