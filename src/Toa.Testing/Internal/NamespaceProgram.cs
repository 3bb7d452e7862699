using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Toa.LoadBalancing;
using Toa.LoadBalancing.Interop;

namespace Toa.Testing.Internal;

/// <summary>
/// Runs as a process in a new network namespace, and opens sockets and devices there for the test, which may not enter it. It
/// ends when the test closes its end of the channel, also if the test is killed.
/// </summary>
internal static class NamespaceProgram
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [string path])
        {
            Console.Error.WriteLine("Toa.Testing starts this program for its tests. It is of no other use.");
            return 2;
        }

        using Socket channel = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            channel.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"Cannot connect to {path}: {e.Message}.");
            return 1;
        }

        try
        {
            PrepareNetwork();
            Reply.SendDone(channel);
            Serve(channel);
            return 0;
        }
        catch (IOException e)
        {
            Reply.SendFailure(channel, e.Message);
            return 1;
        }
    }

    private static void PrepareNetwork()
    {
        using (RouteNetlink netlink = new())
            netlink.BringUpLoopback(ToaTestNetwork.ServerIPv4, ToaTestNetwork.ServerIPv6);
        // Without TIME-WAIT, tests can use a client's address and port again at once.
        Set("ipv4/tcp_max_tw_buckets", "0");
        // From one balancer to another.
        Set("ipv4/ip_forward", "1");
        Set("ipv6/conf/all/forwarding", "1");
    }

    private static void Set(string setting, string value)
    {
        try
        {
            File.WriteAllText("/proc/sys/net/" + setting, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some containers cannot change settings. Tests with one balancer and other ports do not need them.
        }
    }

    private static void Serve(Socket channel)
    {
        byte[] buffer = new byte[DescriptorMessages.MostBytes];
        while (DescriptorMessages.Receive(channel, buffer, out _) is > 0 and int length)
        {
            try
            {
                Serve(channel, Request.Parse(Encoding.UTF8.GetString(buffer.AsSpan(0, length))));
            }
            catch (Exception e) when (e is IOException or SocketException or FormatException or OverflowException or ArgumentException)
            {
                Reply.SendFailure(channel, e.Message);
            }
        }
    }

    private static void Serve(Socket channel, Request request)
    {
        switch (request)
        {
            case Request.OfSocket { Family: AddressFamily family }:
                using (Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp))
                    Reply.SendDone(channel, file: socket.SafeHandle);
                break;
            case Request.OfAddress { Address: var address }:
                using (RouteNetlink netlink = new())
                    netlink.AddAddress(RouteNetlink.Loopback, AddressPrefix.Host(address));
                Reply.SendDone(channel);
                break;
            case Request.OfDevice { Options: var options }:
                using (TunDevice device = TunDevice.Open(options))
                    Reply.SendDone(channel, device.Queues[0].HasOffloadHeader.ToString(), device.Queues[0].Handle);
                break;
        }
    }
}
