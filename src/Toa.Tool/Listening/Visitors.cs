using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Samples;
using Toa.Tool.Output;

namespace Toa.Tool.Listening;

/// <summary>Reports each connection, echoes its data, and stops the server after a number of connections.</summary>
internal sealed class Visitors(
    ToaResolver resolver, Terminal terminal, bool isJson, int most, CancellationTokenSource stop)
{
    private const int BufferSize = 4096;

    private readonly Lock _writing = new();
    private int _came;
    private int _left;

    public void TellListening(IPEndPoint local)
    {
        if (isJson)
            ToolJson.Write(terminal, ListenEvent.Listening(local), ToolJson.Plain.ListenEvent);
        else
            terminal.Output.WriteLine($"listening on {local}");
    }

    /// <summary>Serves one connection until it ends or the server stops.</summary>
    public async Task ServeAsync(Socket socket, CancellationToken stopped)
    {
        using Socket ownedHere = socket;
        // This connection was accepted after the last one that counts, but before the server stopped.
        if (Interlocked.Increment(ref _came) > most)
            return;
        try
        {
            Tell(socket);
            await using NetworkStream stream = new(socket);
            await stream.CopyToAsync(stream, BufferSize, stopped);
        }
        // The reader of the output has closed the pipe.
        catch (IOException e) when (e.HResult == Terminal.BrokenPipe)
        {
            await stop.CancelAsync();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            await terminal.Error.WriteLineAsync($"connection lost: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            if (Interlocked.Increment(ref _left) == most)
                await stop.CancelAsync();
        }
    }

    private void Tell(Socket socket)
    {
        ToaResolution found = resolver.Resolve(socket);
        lock (_writing)
        {
            if (isJson)
            {
                ToolJson.Write(terminal, ListenEvent.Connection(socket.LocalEndPoint, found),
                    ToolJson.Plain.ListenEvent);
                return;
            }

            terminal.Output.WriteLine(RealClientLine.Of(found.Client.ToIPEndPoint()));
            if (found.Trust == ToaTrust.Untrusted)
                terminal.Error.WriteLine(
                    $"the TOA option, if any, was ignored: {found.TransportPeer} is not in --trusted");
        }
    }
}
