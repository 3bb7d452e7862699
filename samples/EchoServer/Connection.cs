using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Samples;
using Toa;

namespace EchoServer;

/// <summary>Handles one client.</summary>
internal static class Connection
{
    private const int BufferSize = 4096;

    /// <summary>Prints the client and echoes its data, until the client closes the connection or the server stops.</summary>
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
            // Clients may disconnect at any time, even before the lookup.
            Console.Error.WriteLine($"connection lost: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
