namespace Toa.Interop;

/// <summary>
/// The socket option of vtoa, the TOA module of Alibaba Cloud Linux. Its level is IPPROTO_IP (<see cref="ToaAbi.Level"/>). The
/// answer is the client, as a struct sockaddr_in or struct sockaddr_in6.
/// </summary>
internal static class VtoaAbi
{
    public const int GetClient = 1348;
}
