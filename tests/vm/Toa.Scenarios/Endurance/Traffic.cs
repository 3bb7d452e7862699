using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.Injector;
using Toa.Scenarios.Posix;
using Toa.Scenarios.Randomized;

namespace Toa.Scenarios.Endurance;

/// <summary>
/// Connections on each <see cref="Road"/>, with an IPv4 client, with an IPv6 client and without an option, one after the other.
/// The last ones stay open for a while. Each must be served, and the server must see its client. Only while the provider is
/// loaded or unloaded may it see the balancer.
/// </summary>
internal sealed class Traffic : IDisposable
{
    private const int StayOpen = 24;
    private const int Kinds = 9;

    private readonly Stage _stage;
    private readonly Listener _ipv4 = new(IPAddress.Any);
    private readonly Listener _dualMode = new(IPAddress.IPv6Any);
    private readonly Queue<(ConnectedPair Pair, IPEndPoint? Client, int Changes)> _open = new();
    private readonly Task _task;
    private volatile bool _stopping;
    private int _changes;
    private int _made;
    private int _right;
    private int _missing;

    public Traffic(Stage stage)
    {
        _stage = stage;
        _task = Task.Run(Run);
    }

    /// <summary>The number of connections that were made and checked.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>From here on, addresses may be missing.</summary>
    public void ProviderChanges() => Interlocked.Increment(ref _changes);

    /// <summary>Connections that begin from here on have their addresses.</summary>
    public void ProviderHasChanged() => Interlocked.Increment(ref _changes);

    /// <summary>Waits until as many connections were made as there are kinds of them.</summary>
    public void WaitForMore()
    {
        int enough = Made + Kinds;
        Expect.Eventually(() => _task.IsCompleted || Made >= enough, () => "no connection is made any more");
        if (_task.IsCompleted)
            _task.GetAwaiter().GetResult();
    }

    /// <summary>Closes the open connections.</summary>
    public void Stop()
    {
        _stopping = true;
        _task.GetAwaiter().GetResult();
    }

    public override string ToString() =>
        $"{_made} connections made: {_right} addresses right, {_missing} missing because the provider was out, 0 connections lost";

    public void Dispose()
    {
        _stopping = true;
        ((IAsyncResult)_task).AsyncWaitHandle.WaitOne();
        _ipv4.Dispose();
        _dualMode.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            MakeOne();
            if (_open.Count > StayOpen)
                EndOldest();
        }
        while (_open.Count > 0)
            EndOldest();
    }

    private void MakeOne()
    {
        int number = _made;
        int changes = Volatile.Read(ref _changes);
        IPEndPoint? client = ClientOf(number);
        ConnectedPair pair = OrLost(() => Connect((Road)(number % 3), client), $"connection {number}");
        _open.Enqueue((pair, client, changes));
        OrLost(() => pair.ExpectServed(), $"connection {number}");

        bool named = IsNamed(pair, client);
        if (named)
            _right++;
        else if (ProviderWasThereSince(changes))
            throw new ScenarioFailedException($"connection {number} has no address although the provider was there all the time");
        else
            _missing++;
        Volatile.Write(ref _made, number + 1);
    }

    private bool ProviderWasThereSince(int changes) => changes % 2 == 0 && changes == Volatile.Read(ref _changes);

    private ConnectedPair Connect(Road road, IPEndPoint? client)
    {
        Listener listener = road == Road.IPv4 ? _ipv4 : _dualMode;
        AddressFamily family = road == Road.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return _stage.Connect(listener, new ConnectRequest
        {
            Client = _stage.NextBalancer(family),
            Server = Stage.ServerEnd(listener, family),
            Option = client is null ? OptionBytes.None : OptionBytes.Toa(client),
        });
    }

    /// <summary>A different client for each connection, so that a mix-up is detected.</summary>
    private static IPEndPoint? ClientOf(int number) => (number / 3 % 3) switch
    {
        0 => new IPEndPoint(new IPAddress([198, 18, (byte)(number >> 8), (byte)number]), 1 + (number >> 16)),
        1 => new IPEndPoint(new IPAddress([0x20, 1, 0x0d, 0xb8, .. new byte[8], (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]), 40_000),
        _ => null,
    };

    /// <summary>True if the server sees the client, false if it sees the balancer. Any other address is a failure.</summary>
    private static bool IsNamed(ConnectedPair pair, IPEndPoint? client)
    {
        using Socket socket = pair.Server.AsDotNetSocket();
        IPEndPoint seen = socket.GetRealRemoteEndPoint();
        if (seen.Equals(client ?? pair.Client.Client))
            return true;
        Expect.Equal(pair.Client.Client, seen, $"the balancer of {client}");
        return false;
    }

    private void EndOldest()
    {
        (ConnectedPair pair, IPEndPoint? client, int changes) = _open.Dequeue();
        OrLost(() => pair.ExpectServed("still there?"), $"the open connection of {pair.Client.Client}");
        if (!IsNamed(pair, client) && ProviderWasThereSince(changes))
            throw new ScenarioFailedException($"the open connection of {pair.Client.Client} has lost its address");
        if (_made % 2 == 0)
        {
            pair.Server.Dispose();
            pair.Client.CloseOutput();
        }
        else
        {
            pair.Dispose();
        }
    }

    private static void OrLost(Action action, string what) => OrLost(() => { action(); return true; }, what);

    private static T OrLost<T>(Func<T> action, string what)
    {
        try
        {
            return action();
        }
        catch (Exception exception)
        {
            throw new ScenarioFailedException($"{what} was lost: {exception.Message}");
        }
    }
}
