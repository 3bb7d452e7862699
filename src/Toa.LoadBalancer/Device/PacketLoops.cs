using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Device;

/// <summary>Moves packets from the queues of the device to the core, with a thread for each queue.</summary>
internal sealed class PacketLoops
{
    // The longest delay of an expiry, of a packet that was held back, and of the end of a loop.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);

    // A limit, so that timers also run while packets arrive without a pause.
    private const int PacketsPerTurn = 256;

    private readonly IReadOnlyList<TunQueue> _queues;
    private readonly BalancerCore _core;
    private readonly RefusalLog _refusals;
    private readonly Thread[] _threads;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private int _running;
    private volatile bool _isStopping;

    /// <param name="tun">The device. The caller disposes of it.</param>
    /// <param name="core">The core, with a shard for each queue.</param>
    /// <param name="refusals">The log of refused connections.</param>
    public PacketLoops(TunDevice tun, BalancerCore core, RefusalLog refusals)
    {
        _queues = tun.Queues;
        _core = core;
        _refusals = refusals;
        _running = _queues.Count;
        _threads = [.. _queues.Select((_, i) => new Thread(() => Run(i))
        {
            IsBackground = true,
            Name = _queues.Count == 1 ? $"balancer {tun.Name}" : $"balancer {tun.Name}/{i}",
        })];
    }

    /// <summary>Milliseconds. Environment.TickCount64 has steps of several, which would be the precision of delays.</summary>
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    /// <summary>Completes when all loops have ended, with an exception if one failed.</summary>
    public Task Completion => _completion.Task;

    public void Start() => Array.ForEach(_threads, thread => thread.Start());

    public void Stop() => _isStopping = true;

    private static TimeSpan UntilOneOf(long nextPacket) =>
        TimeSpan.FromMilliseconds(Math.Clamp(nextPacket - Now, 0, (long)s_tick.TotalMilliseconds));

    private void Run(int queue)
    {
        try
        {
            Move(queue);
        }
        catch (Exception exception)
        {
            // This is the top of the thread, so no caller could catch it: Completion passes it on.
            Interlocked.CompareExchange(ref _failure, exception, null);
            Stop();
        }

        if (Interlocked.Decrement(ref _running) > 0)
            return;
        if (_failure is null)
            _completion.SetResult();
        else
            _completion.SetException(_failure);
    }

    private void Move(int queue)
    {
        byte[] buffer = new byte[IpPacketView.IPv6HeaderLength + ushort.MaxValue];
        long nextTick = 0;
        long nextPacket = long.MaxValue;
        while (!_isStopping)
        {
            int length = _queues[queue].Read(buffer, out Offload offload, UntilOneOf(nextPacket));
            long now = Now;
            for (int i = 0; length > 0; i++)
            {
                _core.Process(buffer.AsSpan(0, length), offload, now);
                length = i < PacketsPerTurn ? _queues[queue].Read(buffer, out offload, TimeSpan.Zero) : 0;
            }

            nextPacket = _core.Flush(now);
            if (now < nextTick)
                continue;
            nextTick = now + (long)s_tick.TotalMilliseconds;
            _core.Tick(queue, now);
            if (queue == 0)
                _refusals.Observe(now);
        }
    }
}
