using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.CommandLine;
using System.Net.Sockets;

namespace Toa.BalancerLoad;

/// <summary>The clients of connections that stay: in a process of their own, and on the client's machine.</summary>
internal static class HeldClients
{
    public const string Name = "held-clients", AllRight = "all right";

    public static Command Command()
    {
        Argument<AddressFamily> family = new("family");
        Argument<int> count = new("count");
        Command command = new(Name) { family, count };
        command.Hidden = true;
        command.SetAction(arguments => Run(arguments.GetValue(family), arguments.GetValue(count)));
        return command;
    }

    /// <summary>
    /// Connects, and once told to, sends each connection's number and holds what comes back against it.
    /// </summary>
    private static void Run(AddressFamily family, int count)
    {
        List<Socket> clients = [];
        while (clients.Count < count)
            clients.Add(Place.Connect(family));
        Console.ReadLine();

        byte[] number = new byte[sizeof(int)];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, i);
            clients[i].Send(number);
        }

        for (int i = 0; i < count; i++)
        {
            if (clients[i].Receive(number) != number.Length || BinaryPrimitives.ReadInt32BigEndian(number) != i)
                throw new InvalidOperationException($"connection {i} got another one's data");
        }

        Console.WriteLine(AllRight);
    }
}
