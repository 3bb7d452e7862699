using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Toa.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>Connections that are read through System.IO.Pipelines.</summary>
public sealed class PipelineTests : RecipeTests
{
    [Theory, MemberData(nameof(Servers))]
    public async Task What_reads_from_a_pipe_knows_the_real_client(string server)
    {
        (string answer, string client) = await AskAsync(server, Trusting);

        answer.Should().Be($"{client} hello");
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Connections_are_refused(string server)
    {
        (await AskAsync(server, Refusing)).Answer.Should().BeEmpty();
    }

    private static async Task<(string Answer, string Client)> AskAsync(string server, ToaResolver toa)
    {
        using TcpListener listener = new(AnyPortOf(server));
        listener.Start();
        using Caller caller = new(listener.LocalEndpoint);
        Task<string> answer = caller.AskAsync();
        Socket socket = await Deadline.Within(listener.AcceptSocketAsync());
        await Deadline.Within(PipelineConnection.ServeAsync(socket, toa));
        return (await answer, caller.Client);
    }
}
