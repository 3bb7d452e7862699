using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>A server that accepts with <c>SocketAsyncEventArgs</c>.</summary>
public sealed class SocketEventTests : RecipeTests
{
    [Theory, MemberData(nameof(Servers))]
    public async Task Each_connection_comes_with_its_real_client(string server)
    {
        using Socket listener = Start(server, Trusting);

        for (int i = 0; i < 3; i++)
        {
            using Caller caller = new(listener.LocalEndPoint!);
            (await caller.AskAsync()).Should().Be(caller.Client);
        }
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Connections_are_refused(string server)
    {
        using Socket listener = Start(server, Refusing);
        using Caller caller = new(listener.LocalEndPoint!);

        (await caller.AskAsync()).Should().BeEmpty();
    }

    private static Socket Start(string server, ToaResolver toa)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(AnyPortOf(server));
        listener.Listen();
        new SocketEventServer(listener, toa, Answer).Start();
        return listener;
    }

    private static void Answer(Socket socket, ToaEndPoint client)
    {
        using (socket)
            socket.Send(Encoding.UTF8.GetBytes(client.ToString()));
    }
}
