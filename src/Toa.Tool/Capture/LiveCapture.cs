using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing.Capture;
using Toa.Shared;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Language;

namespace Toa.Tool.Capture;

/// <summary>Captures packets until it is stopped, for a tracker and a file.</summary>
/// <param name="source">The packets.</param>
/// <param name="tracker">Gets the packets.</param>
/// <param name="ports">The destination ports to capture; empty for all.</param>
/// <param name="clock">The clock for the packets' times.</param>
internal sealed class LiveCapture(IPacketSource source, ConnectionTracker tracker, IReadOnlyList<int> ports, TimeProvider clock)
{
    private const int IPv6HeaderSize = 40;

    private readonly byte[] _buffer = new byte[PacketFilter.SnapLength];

    /// <summary>The captured packets.</summary>
    public long Packets { get; private set; }

    /// <returns>Why it ended; null if it was stopped.</returns>
    public async Task<Message?> RunAsync(PcapngWriter? writer, string? file, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                ValueTask<int> next = source.ReceiveAsync(_buffer, stop);
                // Only while no packet waits.
                if (!next.IsCompleted && Write(writer, file, static writer => writer.Flush()) is { } full)
                    return full;
                int length = await next;
                if (Record(length, writer, file) is { } problem)
                    return problem;
            }
        }
        catch (OperationCanceledException)
        {
            return Write(writer, file, static writer => writer.Flush());
        }
        // The interface was removed, or is down.
        catch (SocketException e)
        {
            if (await RecordWaitingAsync(writer, file) is { } problem)
                return problem;
            if (Write(writer, file, static writer => writer.Flush()) is { } full)
                return full;
            return $"the capture ended: {e.Message.TrimEnd('.')}. Check the interface with ip link, and start again.";
        }
    }

    /// <summary>Records the packets that wait: the kernel reports an error before them.</summary>
    private async Task<Message?> RecordWaitingAsync(PcapngWriter? writer, string? file)
    {
        using CancellationTokenSource end = new();
        try
        {
            while (true)
            {
                ValueTask<int> next = source.ReceiveAsync(_buffer, end.Token);
                if (!next.IsCompleted)
                    await end.CancelAsync();
                if (Record(await next, writer, file) is { } problem)
                    return problem;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    private Message? Record(int length, PcapngWriter? writer, string? file)
    {
        Memory<byte> packet = _buffer.AsMemory(0, length);
        if (!TcpSegment.TryFind(packet.Span, out TcpSegment segment)
            || (ports.Count > 0 && !ports.Contains(segment.DestinationPort)))
            return null;
        Packets++;
        DateTime time = clock.GetUtcNow().UtcDateTime;
        tracker.Record(Packets, time, packet.Span);
        return writer is null ? null : WritePacket(writer, file, packet, time);
    }

    private static Message? WritePacket(PcapngWriter writer, string? file, Memory<byte> packet, DateTime time)
    {
        long microseconds = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return Write(writer, file, open => open.WritePacket(0, microseconds, isSent: false, packet.Span, "", LengthOf(packet.Span)));
    }

    // The header says it, because the kernel passes only the first bytes.
    private static int LengthOf(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 4
        ? BinaryPrimitives.ReadUInt16BigEndian(packet[2..])
        : IPv6HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);

    private static Message? Write(PcapngWriter? writer, string? file, Action<PcapngWriter> write)
    {
        if (writer is null)
            return null;
        try
        {
            write(writer);
            return null;
        }
        catch (IOException e)
        {
            return $"cannot write {file}: {e.Message.TrimEnd('.')}. The packets before are in the file. Free space or name another file "
                + $"with --write.";
        }
    }
}
