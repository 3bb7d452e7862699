using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Capture;

/// <summary>
/// An AF_PACKET socket on one interface or on all. The kernel removes the link header, and passes only the first bytes of TCP
/// packets, usually of those with options: otherwise the capture would slow down a busy server.
/// </summary>
internal sealed class PacketSocket : IPacketSource
{
    private const int SolSocket = 1, SoAttachFilter = 26, SolPacket = 263, PacketStatistics = 6, IgnoreOutgoing = 23;
    private const short AllProtocols = 3;

    // sockaddr_ll
    private const int ProtocolAt = 2, InterfaceAt = 4, PacketTypeAt = 10, LinkAddressSize = 20;

    // sockaddr_storage: .NET has no smaller size for this family.
    private const int AnyAddressSize = 128;
    private const byte Outgoing = 4;

    private const int ReceiveBufferSize = 4 << 20;

    // For a sample, it limits what the kernel does between two looks: it drops packets at once while the buffer is full.
    private const int SampleBufferSize = 256 << 10;

    private readonly Socket _socket;
    private readonly SocketAddress _from = new(AddressFamily.Packet, AnyAddressSize);

    private PacketSocket(Socket socket) => _socket = socket;

    /// <summary>Opens a socket for all packets.</summary>
    public static PacketSocket Open(string? interfaceName, bool withoutOptions) =>
        Open(interfaceName, PacketFilter.Program(withoutOptions), AllProtocols, ReceiveBufferSize);

    /// <summary>Opens a socket for a sample of one protocol: its number as in an Ethernet header.</summary>
    /// <remarks>The kernel calls it for incoming packets only, and for no other protocols, and so it costs less.</remarks>
    public static PacketSocket Open(string? interfaceName, SampleFilter filter, ushort protocol)
    {
        PacketSocket opened = Open(interfaceName, filter.Program(), unchecked((short)protocol), SampleBufferSize);
        opened._socket.Blocking = false;
        return opened;
    }

    private static PacketSocket Open(string? interfaceName, PacketFilter.Instruction[] filter, short protocol, int bufferSize)
    {
        // Check the name before an operation that needs a privilege, so that a wrong name is reported to every user.
        int index = interfaceName is null ? 0 : IndexOf(interfaceName);
        Socket? socket = null;
        try
        {
            // With protocol 0, the socket receives nothing until the filter is attached.
            socket = new Socket(AddressFamily.Packet, SocketType.Dgram, ProtocolType.Unspecified)
            {
                ReceiveBufferSize = bufferSize,
            };
            AttachFilter(socket, filter);
            TryIgnoreOutgoing(socket);
            socket.Bind(new LinkEndPoint(index, protocol));
            // If the interface is down, Linux binds the socket and reports that as an error of the first receive.
            if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is not 0)
            {
                socket.Dispose();
                throw new CannotLookException($"Interface '{interfaceName}' is down.", $"Set it up with ip link set {interfaceName} up.");
            }

            return new PacketSocket(socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new CannotLookException(
                $"Cannot open a packet socket: {e.Message.TrimEnd('.')}.", CureOf(e.SocketErrorCode));
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
    {
        while (true)
        {
            _from.Size = AnyAddressSize; // each receive sets it to the size of the received address
            int length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, _from, stop);
            if (_from.Buffer.Span[PacketTypeAt] != Outgoing)
                return length;
        }
    }

    /// <summary>Gets the next packet of a sample, as <see cref="IPacketSample.Receive"/> does.</summary>
    public int Receive(Span<byte> buffer)
    {
        int length = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => length,
            SocketError.WouldBlock => -1,
            _ => throw new SocketException((int)error),
        };
    }

    public uint TakeDropped() => TakeStatistics().Dropped;

    /// <summary>Returns the numbers of packets since the last call that passed the filter, and that were dropped of them.</summary>
    public (uint Passed, uint Dropped) TakeStatistics()
    {
        Span<byte> statistics = stackalloc byte[8]; // struct tpacket_stats: all that passed the filter, dropped
        try
        {
            _socket.GetRawSocketOption(SolPacket, PacketStatistics, statistics);
        }
        catch (SocketException)
        {
            return default;
        }

        return (MemoryMarshal.Read<uint>(statistics), MemoryMarshal.Read<uint>(statistics[4..]));
    }

    public void Dispose() => _socket.Dispose();

    private static Message CureOf(SocketError error) => error == SocketError.AddressFamilyNotSupported
        ? (Message)$"This kernel was built without packet sockets (CONFIG_PACKET): capture on another machine of the network."
        : $"This requires CAP_NET_RAW: run toa as root, or give the container this capability.";

    // Not from /sys, which can be that of another network namespace: after nsenter --net, for example.
    private static int IndexOf(string interfaceName) => OperatingSystem.IsLinux() && FindIndex(interfaceName) is > 0 and var index
        ? index
        : throw new ToolException($"interface '{interfaceName}' does not exist. ip link shows the interfaces of this machine.");

    [DllImport("libc", EntryPoint = "if_nametoindex")]
    private static extern int FindIndex([MarshalAs(UnmanagedType.LPUTF8Str)] string interfaceName);

    // Otherwise the kernel copies the header of each outgoing packet before it runs the filter. Before Linux 4.20 it always does.
    private static void TryIgnoreOutgoing(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(SolPacket, IgnoreOutgoing, [1, 0, 0, 0]);
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Replaces the filter of a socket.</summary>
    public static unsafe void AttachFilter(Socket socket, PacketFilter.Instruction[] filter)
    {
        fixed (PacketFilter.Instruction* program = filter)
        {
            Span<byte> description = stackalloc byte[2 * sizeof(nint)]; // struct sock_fprog
            description.Clear();
            MemoryMarshal.Write(description, (ushort)filter.Length);
            MemoryMarshal.Write(description[sizeof(nint)..], (nint)program);
            socket.SetRawSocketOption(SolSocket, SoAttachFilter, description);
        }
    }

    /// <summary>An interface by its index; 0 means all interfaces.</summary>
    private sealed class LinkEndPoint(int index, short protocol) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, LinkAddressSize);
            Span<byte> bytes = address.Buffer.Span;
            MemoryMarshal.Write(bytes[ProtocolAt..], IPAddress.HostToNetworkOrder(protocol));
            MemoryMarshal.Write(bytes[InterfaceAt..], index);
            return address;
        }
    }
}
