using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net.Sockets;
using Toa.Tool.Capture;

namespace Toa.Tool.Tests.Support;

/// <summary>Packets that a test adds. Those whose source port is not in the sample are left out, as by the kernel.</summary>
internal sealed class FakeSample : IPacketSample
{
    private readonly Queue<byte[]> _packets = new();
    private uint _passed;

    /// <summary>The filters, in the order of their use.</summary>
    public List<SampleFilter> Filters { get; } = [];

    public bool IsDown { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Packets that were lost since the last look.</summary>
    public uint Dropped { get; set; }

    public FakeSample Open(SampleFilter filter)
    {
        Filters.Add(filter);
        // A new socket has none.
        _packets.Clear();
        _passed = 0;
        IsDisposed = false;
        return this;
    }

    public void Add(params byte[][] packets)
    {
        foreach (byte[] packet in IsDisposed ? [] : packets)
        {
            uint hash = (uint)(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(20)) ^ Filters[^1].Salt) * 0x9e3779b9;
            if (hash >= Filters[^1].Share * uint.MaxValue)
                continue;
            _packets.Enqueue(packet);
            _passed++;
        }
    }

    public int Receive(Span<byte> buffer)
    {
        if (IsDown)
            throw new SocketException((int)SocketError.NetworkDown);
        if (!_packets.TryDequeue(out byte[]? packet))
            return -1;
        packet.CopyTo(buffer);
        return packet.Length;
    }

    public (uint Passed, uint Dropped) TakeStatistics()
    {
        (uint, uint) statistics = (_passed + Dropped, Dropped);
        (_passed, Dropped) = (0, 0);
        return statistics;
    }

    public void Dispose() => IsDisposed = true;
}
