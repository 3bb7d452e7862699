using System.Net;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.PlayedProvider;
using Toa.WhoAmI.Tests.Support;
using Xunit;

namespace Toa.WhoAmI.Tests;

/// <summary>The answer to a visitor.</summary>
public sealed class MeTests
{
    [Fact]
    public async Task An_IPv6_client_behind_NAT64()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Nat64);

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Client).And.StartWith("[2001:db8::");
        me.Text("address").Should().Be("2001:db8::7f00:1");
        me.GetProperty("port").GetInt32().Should().Be(visitor.Own.Port);
        me.Text("family").Should().Be("IPv6");
        me.Text("source").Should().Be("IPv6Option");
        me.Text("how").Should().Be("NAT64 option");
        me.Text("balancer").Should().Be(visitor.Own.ToString());
        me.Text("trust").Should().Be("NotChecked");
    }

    [Fact]
    public async Task An_IPv4_client_in_a_hybrid_cloud()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.HybridCloud);

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Client).And.StartWith("198.18.");
        me.Text("family").Should().Be("IPv4");
        me.Text("source").Should().Be("IPv4Option");
        me.Text("how").Should().Be("hybrid-cloud option");
        me.Text("balancer").Should().Be(visitor.Own.ToString());
    }

    [Fact]
    public async Task A_client_that_comes_directly()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Own.ToString());
        me.Text("how").Should().Be("directly");
        me.Text("balancer").Should().BeNull();
        me.Text("trustInWords").Should().BeNull("there is nobody to trust");
    }

    [Fact]
    public async Task Without_a_provider()
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.None);
        using HttpVisitor visitor = site.Visitor(Stage.Nat64);

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Own.ToString());
        me.Text("how").Should().Be("no provider");
        me.Text("balancer").Should().BeNull();
    }

    [Fact]
    public async Task Behind_NAT64_with_another_vendors_provider()
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.Another);
        using HttpVisitor visitor = site.Visitor(Stage.Nat64);

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Client);
        me.Text("balancer").Should().Be(visitor.Own.ToString());
    }

    [Fact]
    public async Task In_a_hybrid_cloud_with_another_vendors_provider()
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.Another);
        using HttpVisitor visitor = site.Visitor(Stage.HybridCloud);

        JsonElement me = await visitor.AskAsync();

        me.Text("how").Should().Be("the kernel's word", "such a provider has changed the peer's name, and nobody knows what it was");
        me.Text("balancer").Should().BeNull();
    }

    [Fact]
    public async Task The_balancer_without_a_provider()
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.None, "127.0.0.0/8");
        using HttpVisitor visitor = site.Visitor(Stage.Nat64);

        JsonElement me = await visitor.AskAsync();

        me.Text("how").Should().Be("no provider");
    }

    [Theory]
    [InlineData("127.6.0.1")]
    [InlineData("127.4.0.1")]
    public async Task Through_a_known_balancer(string server)
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.Ours, "10.0.0.0/8", "127.0.0.0/8");
        using HttpVisitor visitor = site.Visitor(IPAddress.Parse(server));

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Client);
        me.Text("trust").Should().Be("Trusted");
        me.Text("trustInWords").Should().Be("a known balancer");
    }

    [Theory]
    [InlineData("127.6.0.1")]
    [InlineData("127.4.0.1")]
    public async Task Through_somebody_who_is_none(string server)
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.Ours, "10.0.0.0/8");
        using HttpVisitor visitor = site.Visitor(IPAddress.Parse(server));

        JsonElement me = await visitor.AskAsync();

        me.Text("client").Should().Be(visitor.Own.ToString());
        me.Text("trust").Should().Be("Untrusted");
        me.Text("how").Should().Be("option not believed");
        me.Text("balancer").Should().BeNull();
    }

    [Fact]
    public async Task The_balancer_itself()
    {
        await using RunningSite site = await RunningSite.StartAsync(Provider.Ours, "127.0.0.0/8");
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        JsonElement me = await visitor.AskAsync();

        me.Text("how").Should().Be("the balancer itself");
    }

    [Fact]
    public async Task Each_answer_over_a_connection_is_the_same_and_counts_as_one_visit()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Nat64);

        for (int i = 0; i < 3; i++)
            (await visitor.AskAsync()).Text("client").Should().Be(visitor.Client);

        visitor.Connections.Should().Be(1);
        site.Visitors.Recent.Should().ContainSingle().Which.Client.Should().Be(visitor.Client);
    }
}
