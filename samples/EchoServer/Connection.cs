using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Samples;
using Toa;

namespace EchoServer;

/// <summary>What the server does with one client.</summary>
internal static class Connection
{
    private const int BufferSize = 4096;

    /// <summary>Prints who the client is and echoes what it sends, until it has finished or the server stops.</summary>
    public static async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using Socket ownedHere = socket;
        try
        {
            Console.WriteLine(RealClientLine.Of(socket.GetRealRemoteEndPoint()));

            await using NetworkStream stream = new(socket);
            await stream.CopyToAsync(stream, BufferSize, stop);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Clients may vanish at any time, also before they could be asked who they are.
            Console.Error.WriteLine($"connection lost: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
