using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using Toa.LoadBalancing.Tests.Support;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>
/// Captures the TCP segments that reach the server's namespace, as they are there: large ones are not divided. A segment is checked when it is read:
/// a wrong checksum or length fails the test.
/// </summary>
internal sealed partial class Capture : IDisposable
{
    private const int PacketFamily = 17;
    private const int DatagramSocket = 2;
    private const ushort IPv4Packets = 0x0800;
    private const byte Tcp = 6;
    private const int SocketLevel = 1;
    private const int ForceReceiveBuffer = 33;

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<byte[]> _packets = new();
    private volatile bool _isStopping;

    public Capture(Testbed testbed)
    {
        _socket = testbed.ServerSide.Run(Open);
        _thread = new Thread(Read) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the capture, and returns the segments for a port.</summary>
    public Sent[] Stop(int port)
    {
        Dispose();
        ConcurrentQueue<Sent> segments = new();
        foreach (byte[] packet in _packets)
        {
            // Cooked packets begin with the IP header. The capture contains both directions.
            if (packet[9] != Tcp || !new IPAddress(packet.AsSpan(16, 4)).Equals(Testbed.Server))
                continue;
            Sent segment = Sent.ReadInMachine(packet);
            if (segment.Tcp.DestinationPort == port)
                segments.Enqueue(segment);
        }

        return [.. segments];
    }

    public void Dispose()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private static Socket Open()
    {
        int descriptor = MakeSocket(PacketFamily, DatagramSocket, (ushort)IPAddress.HostToNetworkOrder((short)IPv4Packets));
        if (descriptor < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());

        Socket socket = new(new SafeSocketHandle(descriptor, ownsHandle: true)) { ReceiveTimeout = 50 };
        socket.SetRawSocketOption(SocketLevel, ForceReceiveBuffer, BitConverter.GetBytes(256 << 20));
        return socket;
    }

    private void Read()
    {
        byte[] buffer = new byte[ushort.MaxValue];
        while (true)
        {
            try
            {
                int length = _socket.Receive(buffer);
                _packets.Enqueue(buffer[..length]);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                if (_isStopping)
                    return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int MakeSocket(int family, int type, int protocol);
}
