using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Samples;

namespace EchoServer;

/// <summary>Accepts connections on all its endpoints until it is stopped.</summary>
/// <param name="endPoints">The addresses to listen on.</param>
/// <param name="serve">Handles a connection, and owns its socket.</param>
/// <param name="listening">Called for each endpoint after the server listens on all of them.</param>
internal sealed class Server(
    IReadOnlyList<IPEndPoint> endPoints, Func<Socket, CancellationToken, Task> serve, Action<IPEndPoint> listening)
{
    // Opened now, because it needs a descriptor: the first error to report may be that none is left.
    private readonly TextWriter _log = Console.Error;

    // Long enough to avoid a busy loop, for example while no descriptor is free; short enough not to be noticed afterwards.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>Serves until <paramref name="stop"/>, and returns when the last connection is closed.</summary>
    /// <exception cref="ListenException">The server cannot listen on one of the endpoints.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        List<Socket> listeners = [];
        try
        {
            foreach (IPEndPoint endPoint in endPoints)
                listeners.Add(Listen(endPoint));
            foreach (Socket listener in listeners)
                listening((IPEndPoint)listener.LocalEndPoint!);

            await Task.WhenAll(listeners.Select(listener => AcceptAsync(listener, stop)));
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Listens on one endpoint; on IPv6, for IPv4 clients too.</summary>
    /// <exception cref="ListenException">The server cannot listen on it.</exception>
    public static Socket Listen(IPEndPoint endPoint)
    {
        Socket? listener = null;
        try
        {
            listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                listener.DualMode = true;
            listener.Bind(endPoint);
            listener.Listen();
            return listener;
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            throw new ListenException(endPoint, e);
        }
    }

    private async Task AcceptAsync(Socket listener, CancellationToken stop)
    {
        HashSet<Task> connections = [];
        try
        {
            while (true)
            {
                if (await TryAcceptAsync(listener, stop) is { } socket)
                    connections.Add(serve(socket, stop));
                connections.RemoveWhere(connection => connection.IsCompleted);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    /// <summary>Accepts a connection. A failure is reported, but does not end the server.</summary>
    private async Task<Socket?> TryAcceptAsync(Socket listener, CancellationToken stop)
    {
        try
        {
            return await listener.AcceptAsync(stop);
        }
        catch (SocketException e)
        {
            _log.WriteLine($"cannot accept: {e.Message}");
            if (e.SocketErrorCode != SocketError.ConnectionAborted)
                await Task.Delay(PauseAfterFailure, stop);
            return null;
        }
    }
}
