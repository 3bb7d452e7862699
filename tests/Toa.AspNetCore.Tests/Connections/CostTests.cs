using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>The number of system calls for a connection.</summary>
public sealed class CostTests : PlayedTests
{
    [Fact]
    public async Task Once_for_each_connection_however_many_requests_it_has()
    {
        await using WebServer server = await WebServer.StartAsync();
        using Visitor visitor = new(Stage.Nat64, server.Port);

        Calls before = Stage.Calls;
        for (int i = 0; i < 50; i++)
            (await visitor.AskAsync())!.Client.Should().Be(visitor.Client);

        visitor.Connections.Should().Be(1);
        (Stage.Calls - before).Should().Be(new Calls(Lookups: 0, Infos: 1, Names: 0));
    }

    [Theory]
    [InlineData(Provider.None, "127.0.0.1")]
    [InlineData(Provider.Another, "127.0.0.1")]
    [InlineData(Provider.Another, "127.6.0.1")]
    public async Task One_call_more_where_the_provider_is_none_of_ours(Provider provider, string address)
    {
        await using WebServer server = await WebServer.StartAsync();
        Stage.Use(provider);
        const int Visits = 20;

        Calls before = Stage.Calls;
        for (int i = 0; i < Visits; i++)
        {
            using Visitor visitor = new(IPAddress.Parse(address), server.Port);
            Seen? seen = await visitor.AskAsync();
            seen!.Client.Should().Be(address == "127.6.0.1" ? visitor.Client : visitor.Own.ToString());
        }

        Calls calls = Stage.Calls - before;
        calls.Lookups.Should().Be(Visits);
        calls.Names.Should().Be(0, "accept has named the peer already");
        calls.Infos.Should().BeLessThan(Visits, "what is unknown is asked for once in a while only");
    }
}
