using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.CommandLine;
using System.Net.Sockets;

namespace Toa.BalancerLoad;

/// <summary>The clients of connections that stay open, in their own process in the client's namespace.</summary>
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
    /// Connects, waits for a line on standard input, sends each connection's number, and compares it with the answer.
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
