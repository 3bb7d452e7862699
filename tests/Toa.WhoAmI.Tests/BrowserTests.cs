using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.PlayedProvider;
using Toa.Tests.Support;
using Toa.WhoAmI.Tests.Support;
using Xunit;

namespace Toa.WhoAmI.Tests;

/// <summary>The page in a browser, on a phone's screen.</summary>
public sealed class BrowserTests
{
    [SkippableFact]
    public async Task The_page_shows_who_the_visitor_is_and_who_else_comes()
    {
        Machine.Demand("browser");
        await using RunningSite site = await RunningSite.StartAsync(Provider.Ours, "127.0.0.0/8");
        await ComeAsync(site, Stage.Direct, "127.0.0.1");
        await ComeAsync(site, Stage.HybridCloud, "127.0.24.107");
        await ComeAsync(site, Stage.Nat64, "127.83.22.9");
        using Browser phone = Browser.OfPhone();
        phone.Prefer("light");

        phone.Open($"http://{Stage.Nat64}:{site.Port}/");
        phone.WaitUntil(page => page.Text("#port") != "…" && page.Text("#live") == "live" && page.Texts(".visitors .me").Length == 1);

        phone.Text("#address").Should().Be("2001:db8::7f00:1");
        int port = int.Parse(phone.Text("#port"), CultureInfo.InvariantCulture);
        IPEndPoint browser = new(IPAddress.Loopback, port);
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Should().Contain(
                connection => connection.LocalEndPoint.Equals(browser)
                    && connection.RemoteEndPoint.Equals(new IPEndPoint(Stage.Nat64, site.Port)),
                "the port is the browser's own");
        phone.Text("#client").Should().Be($"[2001:db8::7f00:1]:{port}");
        phone.Text("#family").Should().Be("IPv6");
        phone.Text("#how").Should().Be("NAT64 option");
        phone.Text("#balancer").Should().Be(browser.ToString());
        phone.Text("#trust").Should().Contain("a known balancer");
        phone.Text("#server").Should().Be($"{Stage.Nat64}:{site.Port}");
        phone.Texts(".visitors .end").Should().HaveCount(4).And.HaveElementAt(0, $"[2001:db8::7f00:1]:{port}");

        string other = await ComeAsync(site, Stage.HybridCloud, "127.0.201.44");
        phone.WaitUntil(page => page.Texts(".visitors .end").FirstOrDefault() == other);
        phone.Texts(".visitors .end").Should().HaveCount(5);

        string light = phone.Style("body", "background-color");
        phone.Overflow.Should().Be(0);
        Photograph(phone);
        phone.Prefer("dark");
        phone.Overflow.Should().Be(0);
        phone.Style("body", "background-color").Should().NotBe(light);
        phone.Console.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Who_comes_directly_sees_no_balancer()
    {
        Machine.Demand("browser");
        await using RunningSite site = await RunningSite.StartAsync();
        using Browser phone = Browser.OfPhone();

        phone.Open($"http://{Stage.Direct}:{site.Port}/");
        phone.WaitUntil(page => page.Text("#port") != "…" && page.Text("#live") == "live");

        phone.Text("#address").Should().Be("127.0.0.1");
        phone.Text("#how").Should().Be("directly");
        phone.Text("#balancer").Should().BeEmpty("it is hidden");
        phone.Overflow.Should().Be(0);
        phone.Console.Should().BeEmpty();
    }

    private static async Task<string> ComeAsync(RunningSite site, IPAddress server, string from)
    {
        using HttpVisitor visitor = site.Visitor(server, from);
        await visitor.AskAsync();
        return visitor.Client;
    }

    /// <summary>Saves a screenshot for the documentation if the environment names a file: see make screenshots.</summary>
    private static void Photograph(Browser phone)
    {
        if (Environment.GetEnvironmentVariable("WHOAMI_SCREENSHOT") is { Length: > 0 } file)
            phone.Photograph(file);
    }
}
