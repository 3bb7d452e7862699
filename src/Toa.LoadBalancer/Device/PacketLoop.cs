using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Device;

/// <summary>Moves packets between the device and the core, on its own thread.</summary>
internal sealed class PacketLoop : IPacketSink
{
    // The longest delay of an expiry, of a packet that was held back, and of the end of the loop.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);

    // Limits, so that timers and ListFlows also run while packets arrive without a pause.
    private const int PacketsPerTurn = 256;
    private const int SlotsPerTurn = 1024;

    // Milliseconds. Environment.TickCount64 has steps of several, which would be the precision of delays.
    private static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);

    private readonly TunDevice _tun;
    private readonly BalancerCore _core;
    private readonly RefusalLog _refusals;
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    /// <param name="tun">The device. The caller disposes of it.</param>
    /// <param name="makeCore">Creates the core with the sink for its packets.</param>
    /// <param name="makeRefusalLog">Creates the log of refused connections.</param>
    public PacketLoop(
        TunDevice tun, Func<IPacketSink, BalancerCore> makeCore, Func<CounterSet, RefusalLog> makeRefusalLog)
    {
        _tun = tun;
        _core = makeCore(this);
        _refusals = makeRefusalLog(_core.Counters);
        _thread = new Thread(Run) { IsBackground = true, Name = $"balancer {tun.Name}" };
    }

    public BalancerCore Core => _core;

    /// <summary>Completes when the loop ends, with its exception if it failed.</summary>
    public Task Completion => _completion.Task;

    public void Start() => _thread.Start();

    public void Stop() => _isStopping = true;

    void IPacketSink.Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload) =>
        _tun.Write(headers, payload, offload);

    public List<FlowEntry> ListFlows()
    {
        List<FlowEntry> flows = [];
        int slot = 0;
        int slots;
        do
        {
            lock (_gate)
            {
                _core.ListFlows(slot, SlotsPerTurn, Now, flows);
                slots = _core.FlowSlots;
            }

            slot += SlotsPerTurn;
        }
        while (slot < slots);
        return flows;
    }

    /// <summary>Changes the core between two packets. The change may send packets.</summary>
    public void Change(Action<BalancerCore> change)
    {
        lock (_gate)
            change(_core);
    }

    private static TimeSpan UntilOneOf(long nextPacket) =>
        TimeSpan.FromMilliseconds(Math.Clamp(nextPacket - Now, 0, (long)s_tick.TotalMilliseconds));

    private void Run()
    {
        byte[] buffer = new byte[IpPacketView.IPv6HeaderLength + ushort.MaxValue];
        try
        {
            long nextTick = 0;
            long nextPacket = long.MaxValue;
            while (!_isStopping)
            {
                int length = _tun.Read(buffer, out Offload offload, UntilOneOf(nextPacket));
                lock (_gate)
                {
                    long now = Now;
                    for (int i = 0; i < PacketsPerTurn && length > 0; i++)
                    {
                        _core.Process(buffer.AsSpan(0, length), offload, now);
                        length = _tun.Read(buffer, out offload, TimeSpan.Zero);
                    }

                    if (length > 0)
                        _core.Process(buffer.AsSpan(0, length), offload, now);
                    nextPacket = _core.Flush(now);
                    if (now < nextTick)
                        continue;
                    nextTick = now + (long)s_tick.TotalMilliseconds;
                    _core.Tick(now);
                    _refusals.Observe(now);
                }
            }

            _completion.SetResult();
        }
        catch (Exception exception)
        {
            // This is the top of the thread, so no caller could catch it: Completion passes it on.
            _completion.SetException(exception);
        }
    }
}
