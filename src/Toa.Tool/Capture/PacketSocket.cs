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
    private const int SolSocket = 1, SoAttachFilter = 26, SolPacket = 263, PacketStatistics = 6;
    private const short AllProtocols = 3;

    // sockaddr_ll
    private const int ProtocolAt = 2, InterfaceAt = 4, PacketTypeAt = 10, LinkAddressSize = 20;

    // sockaddr_storage: .NET has no smaller size for this family.
    private const int AnyAddressSize = 128;
    private const byte Outgoing = 4;

    private const int ReceiveBufferSize = 4 << 20;

    private readonly Socket _socket;
    private readonly SocketAddress _from = new(AddressFamily.Packet, AnyAddressSize);

    private PacketSocket(Socket socket) => _socket = socket;

    public static PacketSocket Open(string? interfaceName, bool withoutOptions)
    {
        // Check the name before an operation that needs a privilege, so that a wrong name is reported to every user.
        int index = interfaceName is null ? 0 : IndexOf(interfaceName);
        Socket? socket = null;
        try
        {
            // With protocol 0, the socket receives nothing until the filter is attached.
            socket = new Socket(AddressFamily.Packet, SocketType.Dgram, ProtocolType.Unspecified)
            {
                ReceiveBufferSize = ReceiveBufferSize,
            };
            AttachFilter(socket, PacketFilter.Program(withoutOptions));
            socket.Bind(new LinkEndPoint(index));
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

    public uint TakeDropped()
    {
        Span<byte> statistics = stackalloc byte[8]; // struct tpacket_stats: seen, dropped
        try
        {
            _socket.GetRawSocketOption(SolPacket, PacketStatistics, statistics);
        }
        catch (SocketException)
        {
            return 0;
        }

        return MemoryMarshal.Read<uint>(statistics[4..]);
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

    private static unsafe void AttachFilter(Socket socket, PacketFilter.Instruction[] filter)
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
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, LinkAddressSize);
            Span<byte> bytes = address.Buffer.Span;
            MemoryMarshal.Write(bytes[ProtocolAt..], IPAddress.HostToNetworkOrder(AllProtocols));
            MemoryMarshal.Write(bytes[InterfaceAt..], index);
            return address;
        }
    }
}
