using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Toa.LoadBalancing.Interop;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>
/// A TUN interface. <see cref="Read(Span{byte}, TimeSpan)"/> returns the IP packets that the kernel sends to it. The kernel handles packets from
/// <see cref="Write(ReadOnlySpan{byte})"/> as received from a network. <see cref="Dispose"/> removes the interface.
/// </summary>
/// <remarks>A read and writes may run at the same time. Any thread may write.</remarks>
public sealed class TunDevice : IDisposable
{
    private const string DevicePath = "/dev/net/tun";
    private const nuint SetInterface = 0x400454ca;
    private const nuint SetOffload = 0x400454d0;
    private const short ModeTun = 0x1;
    private const short NoPacketInformation = 0x1000;
    private const short WithOffloadHeader = 0x4000;

    // Missing checksums, and large TCP segments of both families, also with CWR (TUN_F_ in linux/if_tun.h).
    private const nuint AllOffload = 0x1 | 0x2 | 0x4 | 0x8;
    private const int NameSize = 16;
    internal const int MostNameLength = NameSize - 1;
    private const int RequestSize = 40;

    private readonly SafeFileHandle _handle;
    private readonly uint _index;
    private readonly bool _hasOffloadHeader;

    /// <summary>Takes over a device that another process opened with these settings. The caller adds no routes to it.</summary>
    internal TunDevice(SafeFileHandle handle, TunOptions options, bool hasOffloadHeader)
        : this(handle, options.Name, index: 0, hasOffloadHeader, options)
    {
    }

    private TunDevice(SafeFileHandle handle, string name, uint index, bool hasOffloadHeader, TunOptions options)
    {
        _handle = handle;
        _index = index;
        Name = name;
        Mtu = options.Mtu;
        Addresses = options.Addresses;
        _hasOffloadHeader = hasOffloadHeader;
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>The interface's MTU: the size in bytes of the largest packet that the kernel sends to it.</summary>
    public int Mtu { get; }

    /// <summary>The machine's own addresses on the interface.</summary>
    public IReadOnlyList<AddressPrefix> Addresses { get; }

    /// <summary>The open device, to pass it to another process.</summary>
    internal SafeFileHandle Handle => _handle;

    /// <summary>Whether packets have a header for offload.</summary>
    internal bool HasOffloadHeader => _hasOffloadHeader;

    /// <summary>
    /// Creates the interface in the caller's network namespace, brings it up, and adds addresses and routes.
    /// </summary>
    /// <exception cref="IOException">The kernel refused the operation; the message says why, and what to do.</exception>
    public static TunDevice Open(TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Mtu, 1280);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Mtu, ushort.MaxValue);

        SafeFileHandle handle = LibC.Open(DevicePath, LibC.ReadWrite | LibC.NonBlocking | LibC.CloseOnExec);
        if (handle.IsInvalid)
            throw OpenFailure(Errno.Last);

        try
        {
            bool hasOffloadHeader = Attach(handle, options);
            uint index = LibC.InterfaceIndex(options.Name);
            if (index == 0)
                throw Errno.Failure($"Cannot find the new interface {options.Name}", Errno.Last);

            using (RouteNetlink netlink = new())
            {
                netlink.DisableLinkLocal(index);
                netlink.BringUp(index, options.Mtu, options.QueueLength);
                foreach (AddressPrefix address in options.Addresses)
                    netlink.AddAddress(index, address);
                foreach (AddressPrefix route in options.Routes)
                    netlink.AddRoute(index, route);
            }

            return new TunDevice(handle, options.Name, index, hasOffloadHeader, options);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Adds a route for a network into the device.</summary>
    public void AddRoute(AddressPrefix network)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        using RouteNetlink netlink = new();
        netlink.AddRoute(_index, network);
    }

    /// <summary>Reads one packet. Waits for it until the timeout.</summary>
    /// <returns>The packet's length, or 0 if no packet arrived in time.</returns>
    public int Read(Span<byte> buffer, TimeSpan timeout) => Read(buffer, out _, timeout);

    /// <summary>Passes one complete IP packet to the kernel, as if it came from the network.</summary>
    public void Write(ReadOnlySpan<byte> packet) => Write(packet, default, default);

    /// <summary>
    /// Allows the kernel to pass packets with an <see cref="Offload"/>, or ends that. Packets that wait already stay as they are.
    /// </summary>
    /// <returns>False if the kernel or <see cref="TunOptions.Offload"/> does not allow it.</returns>
    internal bool TryAllowOffload(bool isAllowed) =>
        _hasOffloadHeader && LibC.Ioctl(_handle, SetOffload, isAllowed ? AllOffload : 0) == 0;

    /// <summary>Reads one packet that may have an offload: without one, the largest is as long as an IP packet can be.</summary>
    internal int Read(Span<byte> buffer, out Offload offload, TimeSpan timeout)
    {
        int length = TryRead(buffer, out offload);
        bool mayWait = length == 0 && timeout > TimeSpan.Zero;
        return mayWait && Poll(LibC.PollIn, (int)timeout.TotalMilliseconds) ? TryRead(buffer, out offload) : length;
    }

    /// <summary>Passes one packet to the kernel, in two parts, with what the kernel must still do with it.</summary>
    internal void Write(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload)
    {
        while (TryWrite(headers, payload, offload) < 0)
        {
            int error = Errno.Last;
            if (error == Errno.TryAgain)
                Poll(LibC.PollOut, 1000);
            else if (error != Errno.Interrupted)
                throw Errno.Failure($"Cannot write a packet of {headers.Length + payload.Length} bytes to {Name}", error, CureFor(error));
        }
    }

    /// <summary>Removes the interface, and with it its addresses and routes.</summary>
    public void Dispose() => _handle.Dispose();

    internal static bool IsName(string? name) =>
        name is { Length: > 0 and <= MostNameLength } && Ascii.IsValid(name) && !name.AsSpan().ContainsAny("/:% \t");

    /// <summary>Creates the interface.</summary>
    /// <returns>Whether its packets have the header for offload. Systems that imitate Linux may not have it.</returns>
    private static bool Attach(SafeFileHandle handle, TunOptions options)
    {
        string name = options.Name;
        if (!IsName(name))
            throw new ArgumentException($"'{name}' is not an interface name of at most {MostNameLength} characters.");

        const short Mode = ModeTun | NoPacketInformation;
        if (options.Offload && TryAttach(handle, name, Mode | WithOffloadHeader))
            return true;
        if (TryAttach(handle, name, Mode))
            return false;

        int error = Errno.Last;
        throw Errno.Failure($"Cannot create the interface {name}", error, error switch
        {
            Errno.OperationNotPermitted => "This requires CAP_NET_ADMIN in the network namespace: run as root.",
            Errno.Busy => "Another program uses an interface of this name: stop that program, or use another name.",
            Errno.InvalidArgument => "An interface of this name exists and is not a TUN device: use another name.",
            _ => null,
        });
    }

    private static bool TryAttach(SafeFileHandle handle, string name, short mode)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request);
        MemoryMarshal.Write(request[NameSize..], mode);
        return LibC.Ioctl(handle, SetInterface, ref MemoryMarshal.GetReference(request)) == 0;
    }

    private static IOException OpenFailure(int error) => Errno.Failure($"Cannot open {DevicePath}", error, error switch
    {
        Errno.NoSuchFile =>
            $"Load the tun module (modprobe tun). If /dev is not a devtmpfs, then run mknod {DevicePath} c 10 200.",
        Errno.NoSuchDevice or Errno.NoSuchDeviceOrAddress => "Load the tun module (modprobe tun).",
        Errno.OperationNotPermitted or Errno.PermissionDenied =>
            $"This requires CAP_NET_ADMIN and access to {DevicePath}: run as root. In a container, allow device c 10:200.",
        _ => null,
    });

    private static string? CureFor(int error) => error switch
    {
        Errno.InputOutput => "The interface may be down: ip link shows it.",
        Errno.DescriptorInBadState => "The interface may have been deleted.",
        Errno.InvalidArgument => "The packet must be a complete IPv4 or IPv6 packet.",
        _ => null,
    };

    private int TryRead(Span<byte> buffer, out Offload offload)
    {
        nint read = ReadPacket(buffer, out offload);
        if (read >= 0)
            return (int)read;

        int error = Errno.Last;
        return error is Errno.TryAgain or Errno.Interrupted
            ? 0
            : throw Errno.Failure($"Cannot read from {Name}", error, CureFor(error));
    }

    private unsafe nint ReadPacket(Span<byte> buffer, out Offload offload)
    {
        offload = default;
        if (!_hasOffloadHeader)
            return LibC.Read(_handle, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);

        OffloadHeader header = default;
        fixed (byte* start = buffer)
        {
            LibC.Vector* parts = stackalloc LibC.Vector[2];
            parts[0] = new LibC.Vector { Start = &header, Length = (nuint)sizeof(OffloadHeader) };
            parts[1] = new LibC.Vector { Start = start, Length = (nuint)buffer.Length };
            nint read = LibC.ReadVectors(_handle, parts, 2);
            offload = header.ToOffload();
            return read < 0 ? read : read - sizeof(OffloadHeader);
        }
    }

    private unsafe nint TryWrite(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload)
    {
        OffloadHeader header = OffloadHeader.For(offload, headers);
        fixed (byte* headersStart = headers, payloadStart = payload)
        {
            LibC.Vector* parts = stackalloc LibC.Vector[3];
            parts[0] = new LibC.Vector { Start = &header, Length = (nuint)sizeof(OffloadHeader) };
            parts[1] = new LibC.Vector { Start = headersStart, Length = (nuint)headers.Length };
            parts[2] = new LibC.Vector { Start = payloadStart, Length = (nuint)payload.Length };
            return _hasOffloadHeader
                ? LibC.WriteVectors(_handle, parts, 3)
                : LibC.WriteVectors(_handle, parts + 1, 2);
        }
    }

    private bool Poll(short events, int timeoutMilliseconds)
    {
        // poll gets the descriptor's number. Hold the handle: after a concurrent Dispose, the number could belong to another file.
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            LibC.PollDescriptor descriptor = new()
            {
                Descriptor = (int)_handle.DangerousGetHandle(),
                Events = events,
            };
            return LibC.Poll(ref descriptor, 1, timeoutMilliseconds) > 0;
        }
        finally
        {
            if (held)
                _handle.DangerousRelease();
        }
    }
}
