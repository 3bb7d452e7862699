using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Toa.Tests.Support;

namespace Toa.Tests.EchoServer;

/// <summary>A client of the echo server.</summary>
internal sealed class EchoClient : IDisposable
{
    private readonly Socket _socket;

    public EchoClient(IPAddress address, int port)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Connect(address, port);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    public async Task<string> EchoAsync(string text)
    {
        byte[] sent = Encoding.UTF8.GetBytes(text);
        byte[] received = new byte[sent.Length];
        using NetworkStream stream = new(_socket);
        // Send and receive at the same time: the server could otherwise block on a large text.
        await Deadline.Within(Task.WhenAll(
            stream.WriteAsync(sent).AsTask(), stream.ReadExactlyAsync(received).AsTask()));
        return Encoding.UTF8.GetString(received);
    }

    /// <summary>Waits until the server closes or resets the connection.</summary>
    public async Task WaitForCloseAsync()
    {
        try
        {
            await Deadline.Within(_socket.ReceiveAsync(new byte[1]));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
    }

    /// <summary>
    /// Closes the sending side, and returns the number of bytes that the server then sends. 0 means the end, and is correct.
    /// </summary>
    public Task<int> FinishAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return Deadline.Within(_socket.ReceiveAsync(new byte[1]));
    }

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
