using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using EchoServer;
using Samples;
using Toa.LoadBalancing;

namespace Toa.Tool.Balancing.Demo;

/// <summary>
/// The demo's server: it reports each connection, answers curl with a page, and echoes everything else.
/// </summary>
internal sealed class DemoServer
{
    private const int BufferSize = 4096;

    private readonly ToaResolver _resolver = new(new ToaOptions());
    private readonly Channel<ToaResolution> _seen = Channel.CreateUnbounded<ToaResolution>();

    /// <summary>The client of each connection, as the server sees it.</summary>
    public ChannelReader<ToaResolution> Seen => _seen.Reader;

    /// <summary>Serves in the server's namespace until it is stopped.</summary>
    public Task ServeAsync(CancellationToken stop)
    {
        Server server = new([new IPEndPoint(IPAddress.Any, DemoNetwork.Port)], ServeAsync, _ => { });
        return NetworkNamespace.Run(DemoNetwork.Server, () => server.RunAsync(stop));
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopped)
    {
        using Socket ownedHere = socket;
        try
        {
            ToaResolution found = _resolver.Resolve(socket);
            _seen.Writer.TryWrite(found);
            byte[] buffer = new byte[BufferSize];
            int length = await socket.ReceiveAsync(buffer, stopped);
            if (buffer.AsSpan(0, length).StartsWith("GET "u8))
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(Page(found)), stopped);
                socket.Shutdown(SocketShutdown.Send);
                await socket.ReceiveAsync(buffer, stopped);
                return;
            }

            await using NetworkStream stream = new(socket);
            await stream.WriteAsync(buffer.AsMemory(0, length), stopped);
            await stream.CopyToAsync(stream, BufferSize, stopped);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // The client has disconnected, or the demo ends.
        }
    }

    private static string Page(ToaResolution found)
    {
        string text = RealClientLine.Of(found.Client.ToIPEndPoint()) + "\n";
        return $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {text.Length}\r\n"
            + $"Connection: close\r\n\r\n{text}";
    }
}
