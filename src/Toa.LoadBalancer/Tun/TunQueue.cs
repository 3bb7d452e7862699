using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Interop;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>
/// One of the queues of a <see cref="TunDevice"/>. The kernel passes the packets of a connection to the queue that its last packet
/// in the other direction was written to. Before that, they can arrive at any queue.
/// </summary>
/// <param name="handle">An open /dev/net/tun that is attached to the interface.</param>
/// <param name="name">The interface's name.</param>
/// <param name="hasOffloadHeader">Whether its packets have the header for offload.</param>
internal sealed class TunQueue(SafeFileHandle handle, string name, bool hasOffloadHeader) : IPacketSink, IDisposable
{
    private const nuint SetOffload = 0x400454d0;

    // Missing checksums, and large TCP segments of both families, also with CWR (TUN_F_ in linux/if_tun.h).
    private const nuint AllOffload = 0x1 | 0x2 | 0x4 | 0x8;

    /// <summary>The open file, to pass it to another process.</summary>
    public SafeFileHandle Handle => handle;

    /// <summary>Whether packets have the header for offload.</summary>
    public bool HasOffloadHeader => hasOffloadHeader;

    public void Dispose() => handle.Dispose();

    public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow) =>
        Write(headers, payload, offload);

    /// <summary>For all queues of the device: see <see cref="TunDevice.TryAllowOffload"/>.</summary>
    public bool TryAllowOffload(bool isAllowed) =>
        hasOffloadHeader && LibC.Ioctl(handle, SetOffload, isAllowed ? AllOffload : 0) == 0;

    /// <summary>Reads one packet that may have an offload: without one, the largest is as long as an IP packet can be.</summary>
    public int Read(Span<byte> buffer, out Offload offload, TimeSpan timeout)
    {
        int length = TryRead(buffer, out offload);
        bool mayWait = length == 0 && timeout > TimeSpan.Zero;
        return mayWait && Poll(LibC.PollIn, (int)timeout.TotalMilliseconds) ? TryRead(buffer, out offload) : length;
    }

    /// <summary>Passes one packet to the kernel, in two parts, with what the kernel must still do with it.</summary>
    public void Write(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload)
    {
        while (TryWrite(headers, payload, offload) < 0)
        {
            int error = Errno.Last;
            if (error == Errno.TryAgain)
                Poll(LibC.PollOut, 1000);
            else if (error != Errno.Interrupted)
                throw Errno.Failure($"Cannot write a packet of {headers.Length + payload.Length} bytes to {name}", error, CureFor(error));
        }
    }

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
            : throw Errno.Failure($"Cannot read from {name}", error, CureFor(error));
    }

    private unsafe nint ReadPacket(Span<byte> buffer, out Offload offload)
    {
        offload = default;
        if (!hasOffloadHeader)
            return LibC.Read(handle, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);

        OffloadHeader header = default;
        fixed (byte* start = buffer)
        {
            LibC.Vector* parts = stackalloc LibC.Vector[2];
            parts[0] = new LibC.Vector { Start = &header, Length = (nuint)sizeof(OffloadHeader) };
            parts[1] = new LibC.Vector { Start = start, Length = (nuint)buffer.Length };
            nint read = LibC.ReadVectors(handle, parts, 2);
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
            return hasOffloadHeader
                ? LibC.WriteVectors(handle, parts, 3)
                : LibC.WriteVectors(handle, parts + 1, 2);
        }
    }

    private bool Poll(short events, int timeoutMilliseconds)
    {
        // poll gets the descriptor's number. Hold the handle: after a concurrent Dispose, the number could belong to another file.
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            LibC.PollDescriptor descriptor = new()
            {
                Descriptor = (int)handle.DangerousGetHandle(),
                Events = events,
            };
            return LibC.Poll(ref descriptor, 1, timeoutMilliseconds) > 0;
        }
        finally
        {
            if (held)
                handle.DangerousRelease();
        }
    }
}
