using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Toa.Tests.Support;
using Toa.WhoAmI.Tests.Support;
using Xunit;

namespace Toa.Site;

/// <summary>The documentation's web site, in a visitor's browser.</summary>
public sealed class SiteTests : IAsyncLifetime
{
    private static readonly string Folder = Repository.PathOf("artifacts/site");

    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(Folder) });
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [SkippableFact]
    public void A_term_is_found_by_search()
    {
        Machine.Demand("browser");
        using Browser browser = Browser.OfDesktop();
        browser.Open(_server.Urls.Single());
        browser.WaitUntil(page => page.Text("h1") == "Toa");
        browser.Photograph(Path.Combine(Folder, "../site-screens/start.png"));

        browser.Type("#search-query", "getpeername");

        browser.WaitUntil(page => page.Texts("#search-results .sr-item").Length > 0);
        browser.Texts("#search-results .sr-item").Should().Contain(found => found.Contains("getpeername", StringComparison.OrdinalIgnoreCase));
        browser.Photograph(Path.Combine(Folder, "../site-screens/search.png"));
    }

    [SkippableTheory]
    [InlineData("docs/how-it-works.html", "How it works")]
    [InlineData("docs/zh-CN/guides/trust.html", "信任哪些地址")]
    public void Diagrams_are_drawn(string page, string title)
    {
        Machine.Demand("browser");
        using Browser browser = Browser.OfDesktop();
        browser.Open($"{_server.Urls.Single()}/{page}");

        browser.WaitUntil(shown => shown.Texts("article svg").Length > 0);
        browser.Text("h1").Should().Be(title);
    }

    [SkippableFact]
    public void The_API_is_documented()
    {
        Machine.Demand("browser");
        using Browser browser = Browser.OfDesktop();
        browser.Open($"{_server.Urls.Single()}/api/Toa.SocketExtensions.html");

        browser.WaitUntil(page => page.Texts("h3").Any(heading => heading.StartsWith("GetRealRemoteEndPoint", StringComparison.Ordinal)));
    }
}
