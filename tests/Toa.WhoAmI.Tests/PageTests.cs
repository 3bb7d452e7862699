using System.Net;
using System.Net.Http;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.PlayedProvider;
using Toa.WhoAmI.Tests.Support;
using Xunit;

namespace Toa.WhoAmI.Tests;

/// <summary>The page's files.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData("/", "text/html", "<title>Who am I?</title>")]
    [InlineData("/style.css", "text/css", "prefers-color-scheme: dark")]
    [InlineData("/app.js", "text/javascript", "EventSource")]
    [InlineData("/icon.svg", "image/svg+xml", "<svg")]
    public async Task Each_file_is_served_and_only_sent_again_when_it_has_changed(string path, string type, string content)
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        using HttpResponseMessage response = await visitor.Http.GetAsync(path);
        response.Content.Headers.ContentType!.MediaType.Should().Be(type);
        (await response.Content.ReadAsStringAsync()).Should().Contain(content);

        visitor.Http.DefaultRequestHeaders.IfNoneMatch.Add(response.Headers.ETag!);
        using HttpResponseMessage again = await visitor.Http.GetAsync(path);
        again.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task It_loads_nothing_from_elsewhere()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        using HttpResponseMessage response = await visitor.Http.GetAsync("/");

        string.Join(' ', response.Headers.GetValues("Content-Security-Policy")).Should().StartWith("default-src 'none';")
            .And.NotContain("http").And.NotContain("unsafe");
        (await response.Content.ReadAsStringAsync()).Should().NotContain("//");
    }

    [Fact]
    public async Task Nothing_that_a_visitor_sends_becomes_markup()
    {
        await using RunningSite site = await RunningSite.StartAsync();
        using HttpVisitor visitor = site.Visitor(Stage.Direct);

        (await visitor.Http.GetStringAsync("/app.js")).Should().NotContainAny("innerHTML", "outerHTML", "insertAdjacent", "document.write");
    }
}
