using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Toa.PlayedProvider;
using Toa.Tests.Support;

namespace Toa.OtherServers.Tests.Support;

/// <summary>A client that knows the client address that the server must see.</summary>
internal sealed class Caller : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _server;
    private IPEndPoint? _own;

    public Caller(EndPoint server) => _server = new(((IPEndPoint)server).Address.MapToIPv4(), ((IPEndPoint)server).Port);

    /// <summary>The client address that the server must see.</summary>
    public string Client => Stage.ClientOf(_own!, _server.Address).ToString();

    public async Task<NetworkStream> ConnectAsync()
    {
        await Deadline.Within(_socket.ConnectAsync(_server));
        _own = (IPEndPoint)_socket.LocalEndPoint!;
        return new NetworkStream(_socket);
    }

    /// <summary>Sends a text, and waits for the answer. Returns an empty text if the connection is closed instead.</summary>
    public async Task<string> AskAsync()
    {
        try
        {
            await using NetworkStream stream = await ConnectAsync();
            await stream.WriteAsync("hello"u8.ToArray());
            byte[] answer = new byte[1024];
            int length = await Deadline.Within(stream.ReadAsync(answer).AsTask());
            return Encoding.UTF8.GetString(answer, 0, length);
        }
        // A reset may come at any time.
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }

    public void Dispose() => _socket.Dispose();
}
