using System;
using System.Text;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>Both ends of one connection.</summary>
internal sealed class ConnectedPair(InjectedConnection client, Accepted server) : IDisposable
{
    public InjectedConnection Client { get; } = client;

    public Accepted Server { get; } = server;

    public void Expect(Expectation expectation) => expectation.Check(Server, Client.Server);

    /// <summary>Expects that data arrives in both directions.</summary>
    public void ExpectServed(string words = "are you there?")
    {
        byte[] data = Encoding.ASCII.GetBytes(words);
        Client.Send(data);
        Scenarios.Expect.Equal(words, Encoding.ASCII.GetString(Server.Receive()), "what reached the server");
        Server.Send(data);
        Scenarios.Expect.Equal(words, Encoding.ASCII.GetString(Client.ReceiveExactly(data.Length)), "what came back");
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
