using System.Net;
using System.Net.Sockets;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>The addresses that a server should see of one connection, with each kind of call.</summary>
/// <param name="Name">From accept and getpeername.</param>
/// <param name="LookupErrno">From getsockopt 4096: 0 if <paramref name="Lookup"/> is set.</param>
/// <param name="Lookup">From getsockopt 4096.</param>
/// <param name="Library">From <c>socket.GetRealRemoteEndPoint()</c>.</param>
internal sealed record Expectation(IPEndPoint Name, int LookupErrno, IPEndPoint? Lookup, IPEndPoint Library)
{
    public static Expectation Transport(IPEndPoint transport) =>
        new(transport, Libc.EINVAL, null, transport);

    public static Expectation Ipv4(IPEndPoint client) =>
        new(client, Libc.EFAULT, null, client);

    /// <summary>Over IPv4, the name stays the balancer's: it cannot hold the client.</summary>
    public static Expectation Ipv6(IPEndPoint client, IPEndPoint transport) =>
        new(transport.AddressFamily == AddressFamily.InterNetworkV6 ? client : transport, 0, client, client);

    /// <summary>As <see cref="Transport"/>, on a machine without a provider.</summary>
    public static Expectation NoProvider(IPEndPoint transport) =>
        new(transport, Libc.ENOPROTOOPT, null, transport);

    private bool IsAnswered => LookupErrno != Libc.ENOPROTOOPT;

    public void Check(Accepted accepted, IPEndPoint localEnd)
    {
        Expect.Equal(Name, Unmapped(accepted.AcceptName), "accept");
        CheckAgain(accepted, localEnd);
    }

    /// <summary>Checks everything except the name from accept, for a connection that has changed since.</summary>
    public void CheckAgain(Accepted accepted, IPEndPoint localEnd)
    {
        Expect.Equal(Name, Unmapped(accepted.PeerName), "getpeername");
        Expect.Equal(localEnd, Unmapped(accepted.Name), "getsockname");

        (int errno, IPEndPoint? answer) = Nat64Lookup.Ask(accepted);
        Expect.Equal(IsAnswered ? Provider.Current.Errno(LookupErrno) : LookupErrno, errno, "errno of getsockopt 4096");
        Expect.Equal(Lookup, answer, "getsockopt 4096");

        using var socket = accepted.AsDotNetSocket();
        Expect.Equal(Library, socket.GetRealRemoteEndPoint(), "GetRealRemoteEndPoint");
        Expect.True(socket.TryGetRealRemoteEndPoint(out IPEndPoint? tried), "TryGetRealRemoteEndPoint returned false");
        Expect.Equal(Library, tried, "TryGetRealRemoteEndPoint");
    }

    /// <summary>Dual-mode sockets name IPv4 peers as ::ffff:a.b.c.d.</summary>
    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
