using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Toa.Tests.Support;

/// <summary>A TCP connection on the loopback interface, with both of its ends.</summary>
internal sealed class TcpConnection : IDisposable
{
    private TcpConnection(Socket client, Socket server)
    {
        Client = client;
        Server = server;
        ClientEndPoint = (IPEndPoint)client.LocalEndPoint!;
    }

    public Socket Client { get; }

    /// <summary>The accepted socket.</summary>
    public Socket Server { get; }

    /// <summary>The client's own address, which the server must find.</summary>
    public IPEndPoint ClientEndPoint { get; }

    public static TcpConnection IPv4() => To(Listen(IPAddress.Loopback), IPAddress.Loopback);

    public static TcpConnection IPv6() => To(Listen(IPAddress.IPv6Loopback), IPAddress.IPv6Loopback);

    /// <summary>An IPv4 client of a dual-mode server, which sees it as ::ffff:127.0.0.1.</summary>
    public static TcpConnection IPv4ToDualMode() =>
        To(Listen(IPAddress.Loopback.MapToIPv6(), dualMode: true), IPAddress.Loopback);

    public static Socket Listen(IPAddress address, bool dualMode = false)
    {
        Socket listener = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (dualMode)
            listener.DualMode = true;
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }

    /// <summary>Resets the connection, and returns when the reset has reached the server's end.</summary>
    public void ResetByClient()
    {
        Client.LingerState = new LingerOption(true, 0);
        Client.Dispose();
        if (!Server.Poll((int)Deadline.Time.TotalMicroseconds, SelectMode.SelectRead))
            throw new TimeoutException("The reset did not arrive.");
    }

    /// <summary>
    /// Closes the server's end, with a timeout: Dispose waits forever if a lookup did not release the handle.
    /// </summary>
    public void CloseServer()
    {
        Thread closing = new(Server.Dispose) { IsBackground = true };
        closing.Start();
        Deadline.Join(closing);
    }

    public void Dispose()
    {
        Client.Dispose();
        CloseServer();
    }

    private static TcpConnection To(Socket listener, IPAddress address)
    {
        using (listener)
        {
            // The kernel completes the connection before Accept is called, so neither call blocks.
            Socket client = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(address, ((IPEndPoint)listener.LocalEndPoint!).Port);
            return new TcpConnection(client, listener.Accept());
        }
    }
}
