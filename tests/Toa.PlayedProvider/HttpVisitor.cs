using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.PlayedProvider;

/// <summary>An HTTP client that knows the client address that the server must see.</summary>
public class HttpVisitor : IDisposable
{
    private readonly IPAddress _server;
    private readonly IPAddress _from;

    /// <summary>Connects from an address of the loopback network to one with a simulated balancer.</summary>
    public HttpVisitor(IPAddress server, int port, string scheme = "http", Version? version = null, string from = "127.0.0.1")
    {
        _server = server;
        _from = IPAddress.Parse(from);
        Handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        Http = new HttpClient(Handler)
        {
            BaseAddress = new Uri($"{scheme}://{server}:{port}"),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    public SocketsHttpHandler Handler { get; }

    public HttpClient Http { get; }

    /// <summary>The number of connection attempts.</summary>
    public int Connections { get; private set; }

    /// <summary>The local endpoint of the last connection.</summary>
    public IPEndPoint Own { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The client address that the server must see.</summary>
    public string Client => Stage.ClientOf(Own, _server).ToString();

    public void Dispose()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Connections++;
            socket.Bind(new IPEndPoint(_from, 0));
            await socket.ConnectAsync(_server, context.DnsEndPoint.Port, cancellation);
            Own = (IPEndPoint)socket.LocalEndPoint!;
            // HttpClient reads this property, and throws another exception if the connection has been reset by then. .NET
            // caches it.
            _ = socket.RemoteEndPoint;
            return new NetworkStream(socket, ownsSocket: true);
        }
        // The connection may already have been reset.
        catch (Exception e)
        {
            socket.Dispose();
            throw new HttpRequestException($"Cannot connect to {_server}.", e);
        }
    }
}
