using System;
using System.Net.Sockets;
using System.Threading;

namespace Toa.OtherServers.Tests.Recipes;

internal sealed class SocketEventServer(Socket listener, ToaResolver toa, Action<Socket, ToaEndPoint> serve)
{
    public void Start()
    {
        SocketAsyncEventArgs accept = new();
        accept.Completed += (_, completed) => Take(completed);
        Take(accept);
    }

    private void Take(SocketAsyncEventArgs accept)
    {
        try
        {
            do
            {
                if (accept.SocketError == SocketError.OperationAborted)
                    return; // The listener is closed.
                if (accept.AcceptSocket is { } socket)
                    Admit(socket);
                else if (accept.SocketError != SocketError.Success)
                    Thread.Sleep(1000); // Too many open files, for example.
                accept.AcceptSocket = null; // AcceptAsync then makes a new one.
            }
            while (!listener.AcceptAsync(accept));
        }
        catch (ObjectDisposedException)
        {
            // The listener is closed.
        }
    }

    private void Admit(Socket socket)
    {
        if (toa.TryResolve(socket, out ToaResolution found))
            serve(socket, found.Client);
        else
            socket.Dispose(); // The options refuse it, or it has ended already.
    }
}
