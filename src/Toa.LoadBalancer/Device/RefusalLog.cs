using System;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Device;

/// <summary>Logs refused connections, once a minute for each reason.</summary>
internal sealed class RefusalLog
{
    private const long SilenceMilliseconds = 60_000;

    private readonly ILogger _logger;
    private readonly CounterSet[] _counters;
    private readonly long[] _seen;
    private readonly long[] _silentUntil;

    public RefusalLog(ILogger logger, params CounterSet[] counters)
    {
        _logger = logger;
        _counters = counters;
        _seen = new long[Enum.GetValues<FlowRefusal>().Length];
        _silentUntil = new long[_seen.Length];
    }

    public void Observe(long now)
    {
        for (int i = 0; i < _seen.Length; i++)
        {
            long count = 0;
            foreach (CounterSet counters in _counters)
                count += counters.Refused[i];
            if (count == _seen[i] || now < _silentUntil[i])
                continue;
            Say((FlowRefusal)i, count - _seen[i]);
            _seen[i] = count;
            _silentUntil[i] = now + SilenceMilliseconds;
        }
    }

    private void Say(FlowRefusal refusal, long count)
    {
        switch (refusal)
        {
            case FlowRefusal.TableFull:
                _logger.TableFull(count);
                break;
            case FlowRefusal.NoPort:
                _logger.NoPort(count);
                break;
            case FlowRefusal.NoBackEnd:
                _logger.NoBackEnd(count);
                break;
        }
    }
}
