using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net.Sockets;

namespace Toa.BalancerLoad;

/// <summary>Connections that stay open. Each of them then carries its own data in both directions.</summary>
internal static class Held
{
    public static TimeSpan Run(Place place, AddressFamily family, int count)
    {
        List<Socket> servers = [];
        // The clients run in another process: one process may not have enough descriptors for both ends of all connections.
        using Process clients = place.StartAtClient(HeldClients.Name, family.ToString(), $"{count}");
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (servers.Count < count)
            {
                servers.Add(place.Accept());
                place.Check(servers[^1]);
            }

            TimeSpan time = Stopwatch.GetElapsedTime(start);
            clients.StandardInput.WriteLine();
            servers.ForEach(Echo);
            string said = clients.StandardOutput.ReadToEnd();
            return said.Trim() == HeldClients.AllRight
                ? time
                : throw new InvalidOperationException($"the clients said: {said}");
        }
        finally
        {
            if (!clients.WaitForExit(1000))
                clients.Kill();
            servers.ForEach(socket => socket.Dispose());
        }
    }

    private static void Echo(Socket server)
    {
        byte[] number = new byte[sizeof(int)];
        server.Send(number.AsSpan(0, server.Receive(number)));
    }
}
