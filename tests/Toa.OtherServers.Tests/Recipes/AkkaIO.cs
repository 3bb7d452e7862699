using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;

namespace Toa.OtherServers.Tests.Recipes;

/// <summary>One of the options of <c>Tcp.Bind</c>: sends the client to the handler, which then gets Tcp.Connected.</summary>
internal sealed class RealClientOption(IActorRef handler, ToaResolver toa) : Inet.SocketOption
{
    // Runs in the actor of the connection, which is the sender of both messages.
    public override void AfterConnect(Socket socket)
    {
        if (toa.TryResolve(socket, out ToaResolution found))
            handler.Tell(found.Client);
        else
            socket.Dispose(); // The options refuse it, or it has ended already. Its actor then ends.
    }
}

internal class RealClientServer : ReceiveActor
{
    private readonly Dictionary<IActorRef, ToaEndPoint> _clients = [];

    public RealClientServer(IPEndPoint endPoint, ToaResolver toa)
    {
        Context.System.Tcp().Tell(new Tcp.Bind(Self, endPoint, options: [new RealClientOption(Self, toa)]));
        Receive<ToaEndPoint>(client =>
        {
            _clients[Sender] = client;
            Context.Watch(Sender);
        });
        Receive<Tcp.Connected>(_ => Sender.Tell(new Tcp.Register(Self)));
        Receive<Tcp.Received>(_ => Sender.Tell(Tcp.Write.Create(ByteString.FromString($"{_clients[Sender]}"))));
        Receive<Terminated>(ended => _clients.Remove(ended.ActorRef));
    }
}
