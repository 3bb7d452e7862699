using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Tool.Watching;

/// <summary>Answers GET /healthz and /metrics: HTTP/1.1 with one request for each connection.</summary>
internal sealed class WatchServer(WatchState state, TimeProvider clock)
{
    private const int MostRequestBytes = 8192, MostConnections = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private int _connections;

    public async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using Socket ownedHere = socket;
        using CancellationTokenSource late = new(Patience, clock);
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        // Clients that open connections and send nothing must not use up the memory of the node.
        bool isServed = Interlocked.Increment(ref _connections) <= MostConnections;
        try
        {
            await using NetworkStream stream = new(socket);
            if (isServed && await ReadRequestLineAsync(stream, ends.Token) is { } line)
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(line)), ends.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client is gone or too slow, or the command ends.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>The first line, after the whole header has arrived. Closing with unread bytes would reset the connection.</summary>
    private static async Task<string?> ReadRequestLineAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] bytes = new byte[MostRequestBytes];
        for (int length = 0; length < bytes.Length;)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(length), stop);
            if (read == 0)
                return null;
            length += read;
            if (bytes.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.ASCII.GetString(bytes, 0, bytes.AsSpan().IndexOf("\r\n"u8));
        }

        return null;
    }

    private string Answer(string requestLine)
    {
        string[] words = requestLine.Split(' ');
        if (words is not ["GET" or "HEAD", var target, _])
            return Response("405 Method Not Allowed", "Only GET and HEAD are served.\n", withBody: true);
        bool withBody = words[0] == "GET";
        return target.Split('?')[0] switch
        {
            "/healthz" when state.Problem is { } problem => Response("503 Service Unavailable", $"{problem}\n", withBody),
            "/healthz" => Response("200 OK", $"{state.Kind}\n", withBody),
            "/metrics" => Response("200 OK", state.Metrics(), withBody),
            _ => Response("404 Not Found", "There are /healthz and /metrics.\n", withBody),
        };
    }

    private static string Response(string status, string body, bool withBody) =>
        $"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{(withBody ? body : "")}";
}
