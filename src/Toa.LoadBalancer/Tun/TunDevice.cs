using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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
    private const int OpenFlags = LibC.ReadWrite | LibC.NonBlocking | LibC.CloseOnExec;
    private const nuint SetInterface = 0x400454ca;
    private const ushort ModeTun = 0x1;
    private const ushort NoPacketInformation = 0x1000;
    private const ushort WithOffloadHeader = 0x4000;
    private const ushort ManyQueues = 0x0100;
    private const ushort Exclusive = 0x8000;
    private const int NameSize = 16;
    internal const int MostNameLength = NameSize - 1;
    private const int RequestSize = 40;

    private readonly TunQueue[] _queues;
    private readonly uint _index;
    private bool _isDisposed;

    /// <summary>Takes over a device with one queue that another process opened. The caller adds no routes to it.</summary>
    internal TunDevice(TunQueue queue, TunOptions options)
        : this([queue], index: 0, options)
    {
    }

    private TunDevice(TunQueue[] queues, uint index, TunOptions options)
    {
        _queues = queues;
        _index = index;
        Name = options.Name;
        Mtu = options.Mtu;
        Addresses = options.Addresses;
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>The interface's MTU: the size in bytes of the largest packet that the kernel sends to it.</summary>
    public int Mtu { get; }

    /// <summary>The machine's own addresses on the interface.</summary>
    public IReadOnlyList<AddressPrefix> Addresses { get; }

    /// <summary>One or more. The public members of the device use the first.</summary>
    internal IReadOnlyList<TunQueue> Queues => _queues;

    /// <summary>
    /// Creates the interface in the caller's network namespace, brings it up, and adds addresses and routes.
    /// </summary>
    /// <exception cref="IOException">The kernel refused the operation; the message says why, and what to do.</exception>
    public static TunDevice Open(TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Mtu, 1280);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Mtu, ushort.MaxValue);

        TunQueue[] queues = Attach(options);
        try
        {
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

            return new TunDevice(queues, index, options);
        }
        catch
        {
            Array.ForEach(queues, queue => queue.Dispose());
            throw;
        }
    }

    /// <summary>Adds a route for a network into the device.</summary>
    public void AddRoute(AddressPrefix network)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using RouteNetlink netlink = new();
        netlink.AddRoute(_index, network);
    }

    /// <summary>Reads one packet. Waits for it until the timeout.</summary>
    /// <returns>The packet's length, or 0 if no packet arrived in time.</returns>
    public int Read(Span<byte> buffer, TimeSpan timeout) => _queues[0].Read(buffer, out _, timeout);

    /// <summary>Passes one complete IP packet to the kernel, as if it came from the network.</summary>
    public void Write(ReadOnlySpan<byte> packet) => _queues[0].Write(packet, default, default);

    /// <summary>
    /// Allows the kernel to pass packets with an <see cref="Offload"/>, or ends that. Packets that wait already stay as they are.
    /// </summary>
    /// <returns>False if the kernel or <see cref="TunOptions.Offload"/> does not allow it.</returns>
    internal bool TryAllowOffload(bool isAllowed) => _queues[0].TryAllowOffload(isAllowed);

    /// <summary>Removes the interface, and with it its addresses and routes.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Array.ForEach(_queues, queue => queue.Dispose());
    }

    internal static bool IsName(string? name) =>
        name is { Length: > 0 and <= MostNameLength } && Ascii.IsValid(name) && !name.AsSpan().ContainsAny("/:% \t");

    /// <summary>Creates the interface, with as many of the queues as the kernel allows.</summary>
    private static TunQueue[] Attach(TunOptions options)
    {
        string name = options.Name;
        if (!IsName(name))
            throw new ArgumentException($"'{name}' is not an interface name of at most {MostNameLength} characters.");

        SafeFileHandle handle = LibC.Open(DevicePath, OpenFlags);
        if (handle.IsInvalid)
            throw OpenFailure(Errno.Last);

        int error = 0;
        foreach (ushort mode in Modes(options))
        {
            if (TryAttach(handle, name, mode))
            {
                List<TunQueue> queues = [new TunQueue(handle, name, (mode & WithOffloadHeader) != 0)];
                while ((mode & ManyQueues) != 0 && queues.Count < options.Queues && TryAddQueue(name, mode) is { } queue)
                    queues.Add(queue);
                return [.. queues];
            }

            error = error == 0 ? Errno.Last : error;
        }

        handle.Dispose();
        throw Errno.Failure($"Cannot create the interface {name}", error, error switch
        {
            Errno.OperationNotPermitted => "This requires CAP_NET_ADMIN in the network namespace: run as root.",
            Errno.Busy or Errno.InvalidArgument =>
                "Another interface has this name: stop the program that uses it, or use another name.",
            _ => null,
        });
    }

    /// <summary>The best one first. Systems that imitate Linux may not have queues or offload.</summary>
    private static IEnumerable<ushort> Modes(TunOptions options)
    {
        // Without Exclusive, the queues of a second program with this name would get a part of the packets.
        ushort[] queues = options.Queues > 1 ? [ManyQueues | Exclusive, 0] : [0];
        ushort[] offload = options.Offload ? [WithOffloadHeader, 0] : [0];
        return queues.SelectMany(_ => offload, (one, other) => (ushort)(ModeTun | NoPacketInformation | one | other));
    }

    private static TunQueue? TryAddQueue(string name, ushort mode)
    {
        SafeFileHandle handle = LibC.Open(DevicePath, OpenFlags);
        if (!handle.IsInvalid && TryAttach(handle, name, (ushort)(mode & ~Exclusive)))
            return new TunQueue(handle, name, (mode & WithOffloadHeader) != 0);
        handle.Dispose();
        return null;
    }

    private static bool TryAttach(SafeFileHandle handle, string name, ushort mode)
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
}
