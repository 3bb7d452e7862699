using System;
using System.Net;
using System.Net.Sockets;

namespace Samples;

/// <summary>The server cannot listen on an endpoint. The message says why, and what to do.</summary>
internal sealed class ListenException(IPEndPoint endPoint, SocketException cause)
    : Exception($"cannot listen on {endPoint}: {Explain(cause)}", cause)
{
    private static string Explain(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            "the port is in use. Stop the program that listens there, or choose another port. "
            + "([::] also uses the port on 0.0.0.0.)",
        SocketError.AccessDenied =>
            "permission denied. Ports below 1024 need root or CAP_NET_BIND_SERVICE: choose a higher one.",
        SocketError.AddressNotAvailable =>
            "this machine does not have this address. Use one that 'ip address' shows, or 0.0.0.0 or [::] for all addresses.",
        SocketError.AddressFamilyNotSupported =>
            "IPv6 is disabled on this machine. Use an IPv4 address, for example 0.0.0.0:7000.",
        SocketError.InvalidArgument =>
            "the system refuses the address. A link-local address requires its interface, for example [fe80::1%eth0]:7000.",
        _ => $"{cause.Message}. Choose another address.",
    };
}
