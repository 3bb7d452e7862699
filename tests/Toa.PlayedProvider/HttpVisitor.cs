using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.PlayedProvider;

/// <summary>An HTTP client that knows which client a balancer makes of it.</summary>
public class HttpVisitor : IDisposable
{
    private readonly IPAddress _server;
    private readonly IPAddress _from;

    /// <summary>Comes from an address of the loopback network to one where a balancer is played.</summary>
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

    /// <summary>How many connections were tried.</summary>
    public int Connections { get; private set; }

    /// <summary>This end of the last connection.</summary>
    public IPEndPoint Own { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The client that the server is to see.</summary>
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
            // HttpClient asks for it, and throws something else if it is reset by then; once known, it stays.
            _ = socket.RemoteEndPoint;
            return new NetworkStream(socket, ownsSocket: true);
        }
        // A reset may come as early as that.
        catch (Exception e)
        {
            socket.Dispose();
            throw new HttpRequestException($"Cannot connect to {_server}.", e);
        }
    }
}
