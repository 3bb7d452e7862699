using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing;

namespace Toa.Tool.Balancing.Demo;

/// <summary>The client that sends the demo's own requests.</summary>
internal static class DemoClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Requests the server's page through the balancer, and returns the client's end of the connection.</summary>
    /// <exception cref="ToolException">The server does not answer.</exception>
    public static async Task<IPEndPoint> VisitAsync(IPEndPoint virtualAddress, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        using Socket socket = NetworkNamespace.Run(
            DemoNetwork.Client, () => new Socket(virtualAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await socket.ConnectAsync(virtualAddress, limit.Token);
            IPEndPoint client = (IPEndPoint)socket.LocalEndPoint!;
            await using NetworkStream stream = new(socket);
            await stream.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), limit.Token);
            await stream.CopyToAsync(Stream.Null, limit.Token);
            return client;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            throw new ToolException(
                $"the demo's request to {virtualAddress} was not answered: {e.Message}. Check that no firewall drops "
                + $"forwarded packets (nft list ruleset). If you use --fault, use lower percentages.",
                e);
        }
    }
}
