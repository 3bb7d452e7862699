using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Toa.LoadBalancing.Interop;

/// <summary>
/// Configures an interface through rtnetlink. It cannot use the ip command, because iproute2 may be missing, nor ioctls,
/// because they support neither several addresses nor IFA_F_NODAD.
/// </summary>
internal sealed class RouteNetlink : IDisposable
{
    /// <summary>The index of the loopback interface in each network namespace.</summary>
    internal const uint Loopback = 1;

    private const ushort NewLink = 16;
    private const ushort NewAddress = 20;
    private const ushort NewRoute = 24;
    private const ushort ErrorReply = 2;
    private const ushort CreateOrReplace = 0x400 | 0x100;
    private const ushort CreateOnly = 0x400 | 0x200;

    private readonly SafeFileHandle _socket;
    private uint _sequence;

    internal RouteNetlink()
    {
        _socket = LibC.Socket(LibC.NetlinkFamily, LibC.RawSocket | LibC.CloseOnExec, LibC.RouteProtocol);
        if (_socket.IsInvalid)
            throw Errno.Failure("Cannot open a netlink socket", Errno.Last);
    }

    /// <summary>
    /// Prevents a link-local address on the interface, and so router solicitations. Call it before <see cref="BringUp"/>. An
    /// error is ignored: a kernel without IPv6 has no link-local addresses.
    /// </summary>
    internal void DisableLinkLocal(uint index)
    {
        const ushort PerFamily = 26;
        const ushort AddressGenerationMode = 8;
        const byte None = 1;

        NetlinkMessage message = LinkMessage(stackalloc byte[64], index, flags: 0, change: 0);
        int families = message.BeginNested(PerFamily);
        int inet6 = message.BeginNested((ushort)FamilyOf(AddressFamily.InterNetworkV6));
        message.AddAttribute(AddressGenerationMode, [None]);
        message.End(inet6);
        message.End(families);
        Exchange(message.Finish());
    }

    internal void BringUp(uint index, int mtu, int queueLength)
    {
        const uint Up = 0x1;
        const ushort LinkMtu = 4;
        const ushort LinkQueueLength = 13;

        NetlinkMessage message = LinkMessage(stackalloc byte[64], index, flags: Up, change: Up);
        message.AddAttribute(LinkMtu, (uint)mtu);
        message.AddAttribute(LinkQueueLength, (uint)queueLength);
        ThrowOnError(Exchange(message.Finish()), $"Cannot bring up the interface with an MTU of {mtu}");
    }

    /// <summary>Brings up the loopback interface of a new network namespace, with these addresses if the kernel has their family.</summary>
    internal void BringUpLoopback(params IEnumerable<IPAddress> addresses)
    {
        BringUp(Loopback, mtu: 65536, queueLength: 1000);
        foreach (IPAddress address in addresses)
        {
            if (address.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6)
                AddAddress(Loopback, AddressPrefix.Host(address));
        }
    }

    internal void AddAddress(uint index, AddressPrefix prefix)
    {
        const ushort Peer = 1;
        const ushort Local = 2;
        const byte NoDuplicateDetection = 0x2;

        Span<byte> address = stackalloc byte[16];
        prefix.Address.TryWriteBytes(address, out int length);

        // ifaddrmsg: family, prefix length, flags, scope, index.
        NetlinkMessage message = new(stackalloc byte[96], NewAddress, CreateOrReplace, ++_sequence);
        message.AddByte(FamilyOf(prefix.Address.AddressFamily));
        message.AddByte((byte)prefix.Length);
        message.AddByte(length == 16 ? NoDuplicateDetection : (byte)0);
        message.AddByte(0);
        message.AddUInt32(index);
        message.AddAttribute(Local, address[..length]);
        message.AddAttribute(Peer, address[..length]);
        ThrowOnError(Exchange(message.Finish()), $"Cannot add the address {prefix}");
    }

    internal void AddRoute(uint index, AddressPrefix prefix)
    {
        const ushort Destination = 1;
        const ushort OutputInterface = 4;
        const byte MainTable = 254;
        const byte SetByHand = 3;
        const byte LinkScope = 253;
        const byte Unicast = 1;

        Span<byte> address = stackalloc byte[16];
        prefix.Address.TryWriteBytes(address, out int length);
        Mask(address[..length], prefix.Length);

        // Never replace another program's route: it would not come back when this device is removed.
        // rtmsg: family, prefix lengths of destination and source, tos, table, protocol, scope, type, flags.
        NetlinkMessage message = new(stackalloc byte[96], NewRoute, CreateOnly, ++_sequence);
        message.AddByte(FamilyOf(prefix.Address.AddressFamily));
        message.AddByte((byte)prefix.Length);
        message.AddByte(0);
        message.AddByte(0);
        message.AddByte(MainTable);
        message.AddByte(SetByHand);
        message.AddByte(length == 4 ? LinkScope : (byte)0);
        message.AddByte(Unicast);
        message.AddUInt32(0);
        message.AddAttribute(Destination, address[..length]);
        message.AddAttribute(OutputInterface, index);
        ThrowOnError(Exchange(message.Finish()), $"Cannot add a route for {prefix}");
    }

    public void Dispose() => _socket.Dispose();

    // The kernel's numbers. .NET's enumeration has another number for IPv6.
    private static byte FamilyOf(AddressFamily family) => family == AddressFamily.InterNetwork ? (byte)2 : (byte)10;

    // The kernel refuses a route whose destination has host bits.
    private static void Mask(Span<byte> address, int bits)
    {
        for (int i = 0; i < address.Length; i++)
            address[i] &= (byte)(0xff00 >> Math.Clamp(bits - (8 * i), 0, 8));
    }

    private NetlinkMessage LinkMessage(Span<byte> buffer, uint index, uint flags, uint change)
    {
        // ifinfomsg: family and type (0: any), index, flags, mask of the flags to change.
        NetlinkMessage message = new(buffer, NewLink, flags: 0, ++_sequence);
        message.AddUInt32(0);
        message.AddUInt32(index);
        message.AddUInt32(flags);
        message.AddUInt32(change);
        return message;
    }

    /// <summary>Sends a request and waits for the kernel's reply: 0 or an errno.</summary>
    private int Exchange(ReadOnlySpan<byte> request)
    {
        if (LibC.Write(_socket, in MemoryMarshal.GetReference(request), (nuint)request.Length) < 0)
            throw Errno.Failure("Cannot write to the netlink socket", Errno.Last);

        Span<byte> reply = stackalloc byte[1024];
        while (true)
        {
            nint read = LibC.Read(_socket, ref MemoryMarshal.GetReference(reply), (nuint)reply.Length);
            if (read < 0)
            {
                if (Errno.Last == Errno.Interrupted)
                    continue;
                throw Errno.Failure("Cannot read from the netlink socket", Errno.Last);
            }

            if (read < NetlinkMessage.HeaderLength + sizeof(int))
                throw new IOException($"The kernel answered a netlink request with {read} bytes.");
            if (MemoryMarshal.Read<ushort>(reply[4..]) == ErrorReply
                && MemoryMarshal.Read<uint>(reply[8..]) == _sequence)
            {
                return -MemoryMarshal.Read<int>(reply[NetlinkMessage.HeaderLength..]);
            }
        }
    }

    private static void ThrowOnError(int error, string what)
    {
        if (error == 0)
            return;

        throw Errno.Failure(what, error, error switch
        {
            Errno.Exists => "Another interface or route uses it already (see ip route): remove that, or use another address.",
            Errno.OperationNotPermitted => "This requires CAP_NET_ADMIN in the network namespace: run as root.",
            Errno.PermissionDenied or Errno.NotSupported or Errno.FamilyNotSupported =>
                "If it is an IPv6 address, check that IPv6 is enabled (sysctl net.ipv6.conf.all.disable_ipv6, ipv6.disable=1).",
            Errno.InvalidArgument => "The kernel does not accept this address or this MTU.",
            _ => null,
        });
    }
}
