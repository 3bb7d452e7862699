using System;
using System.Net;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.IO;
using FluentAssertions;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Toa.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>Akka.IO, and the statements of the guide about Akka.Remote.</summary>
public sealed class AkkaTests : RecipeTests
{
    [Theory, MemberData(nameof(Servers))]
    public async Task The_handler_knows_the_real_client(string server)
    {
        (string answer, string client) = await AskAsync(server, Trusting);

        answer.Should().Be(client);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Connections_are_refused(string server)
    {
        (await AskAsync(server, Refusing)).Answer.Should().BeEmpty();
    }

    [Fact]
    public void The_transport_of_Akka_Remote_can_be_neither_made_nor_extended()
    {
        Type transport = typeof(Akka.Remote.Transport.Transport).Assembly.GetType("Akka.Remote.Transport.DotNetty.TcpTransport")!;

        transport.IsNotPublic.Should().BeTrue("the page says so");
        transport.BaseType!.IsNotPublic.Should().BeTrue();
    }

    private static async Task<(string Answer, string Client)> AskAsync(string server, ToaResolver toa)
    {
        using ActorSystem system = ActorSystem.Create("toa", "akka.stdout-loglevel = OFF\nakka.loglevel = OFF");
        TaskCompletionSource<IPEndPoint> bound = new(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Listening(AnyPortOf(server), toa, bound)));
        using Caller caller = new(await Deadline.Within(bound.Task));
        string answer = await caller.AskAsync();
        await Deadline.Within(system.Terminate());
        return (answer, caller.Client);
    }

    private sealed class Listening : RealClientServer
    {
        public Listening(IPEndPoint endPoint, ToaResolver toa, TaskCompletionSource<IPEndPoint> bound)
            : base(endPoint, toa) =>
            Receive<Tcp.Bound>(at => bound.SetResult((IPEndPoint)at.LocalAddress));
    }
}
