using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>Checks one back end of one listener periodically.</summary>
internal sealed class BackEndProbe
{
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly HealthState _state;
    private readonly BackEnd _backEnd;
    private readonly IPEndPoint _address;
    private Task<string?>? _running;
    private long _nextAt;

    public BackEndProbe(TransportAddress virtualAddress, BackEnd backEnd, HealthCheckOptions options, long now)
    {
        VirtualAddress = virtualAddress.ToEndPoint();
        _backEnd = backEnd;
        _address = backEnd.Address.ToEndPoint();
        _interval = options.Interval;
        _timeout = options.Timeout;
        _state = new HealthState(options);
        _nextAt = now;
    }

    public IPEndPoint VirtualAddress { get; }

    public IPEndPoint Address => _address;

    public bool IsUp => _backEnd.IsUp;

    /// <summary>Starts a check if one is due, and reads the result of a check that has finished.</summary>
    /// <returns>If the back end went down: the reason. If it came up: an empty string. Otherwise null.</returns>
    public string? Turn(long now, CancellationToken stop)
    {
        if (_running is null && now >= _nextAt)
        {
            _nextAt = now + (long)_interval.TotalMilliseconds;
            _running = ConnectAsync(stop);
        }

        if (_running is not { IsCompletedSuccessfully: true })
            return null;

        string? problem = _running.Result;
        _running = null;
        if (!_state.Observe(problem is null))
            return null;
        _backEnd.IsUp = _state.IsUp;
        return problem ?? "";
    }

    // The socket must be created before the first await, on the thread of the checks, to be in that thread's network namespace.
    private async Task<string?> ConnectAsync(CancellationToken stop)
    {
        using Socket socket = new(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(_timeout);
        try
        {
            await socket.ConnectAsync(_address, timeout.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {_timeout.TotalSeconds:0.###} s";
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
    }
}
