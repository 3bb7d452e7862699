using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Toa.AspNetCore.Tests.Support;
using Xunit;

namespace Toa.AspNetCore.Tests.Endpoints;

/// <summary>IPv4 connections to a [::] endpoint, whose addresses have the form ::ffff:a.b.c.d in the system.</summary>
public sealed class DualModeTests : PlayedTests
{
    [Theory]
    [InlineData("127.6.0.1")]
    [InlineData("127.4.0.1")]
    [InlineData("127.0.0.1")]
    public async Task The_client_has_the_form_that_it_has_everywhere(string address)
    {
        await using WebServer server = await WebServer.StartOnAsync(
            kestrel => kestrel.ListenAnyIP(0), builder => builder.WebHost.UseToa());
        using Visitor visitor = new(IPAddress.Parse(address), server.Port);

        Seen? seen = await visitor.AskAsync();

        seen!.Client.Should().Be(visitor.Client);
        seen.Original.Should().Be($"[::ffff:{visitor.Own.Address}]:{visitor.Own.Port}");
    }
}
