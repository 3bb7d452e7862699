using System;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>The contents of TOA options in addition to the client: format, virtual address and network.</summary>
public sealed class DetailsTests : PlayedTests
{
    public static TheoryData<string, string, string> Balancers => new()
    {
        { Stage.Vpc.ToString(), "127.0.0.0/8", "AlibabaVpc 203.0.113.80:443 77" },
        { Stage.Vpc.ToString(), "10.0.0.0/8", "None  " },
        { Stage.HybridCloud.ToString(), "127.0.0.0/8", "IPv4  " },
        { Stage.Nat64.ToString(), "127.0.0.0/8", "IPv6  " },
        { Stage.Direct.ToString(), "127.0.0.0/8", "None  " },
    };

    [Theory, MemberData(nameof(Balancers))]
    public async Task A_request_sees_them_if_its_balancer_is_known(string balancer, string known, string expected)
    {
        await using WebServer server = await WebServer.StartAsync(
            configure: builder => builder.WebHost.UseToa(options => options.KnownIPNetworks.Add(known)),
            map: application => application.MapGet("/details", Describe));
        using Visitor visitor = new(IPAddress.Parse(balancer), server.Port);

        (await visitor.Http.GetStringAsync("/details")).Should().Be(expected);
        bool isBelieved = known.StartsWith("127.", StringComparison.Ordinal);
        (await visitor.AskAsync())!.Client.Should().Be(isBelieved ? visitor.Client : visitor.Own.ToString());
    }

    private static string Describe(HttpContext context)
    {
        ToaResolution found = context.Features.Get<IToaFeature>()!.Resolution;
        return $"{found.Format} {found.VirtualEndPoint} {found.NetworkId}";
    }
}
