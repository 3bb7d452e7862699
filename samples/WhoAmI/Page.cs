using System;
using System.IO;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace WhoAmI;

/// <summary>The page and its files, which are embedded in the program.</summary>
internal static class Page
{
    // The page loads nothing from other sites, and runs only its own script.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    // The page may change with each start of the program. Not a hash of it: that would be the only use of OpenSSL here.
    private static readonly EntityTagHeaderValue Tag = new($"\"{Guid.NewGuid():N}\"");

    public static void Map(WebApplication site)
    {
        site.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
        Map(site, "/", "index.html", "text/html; charset=utf-8");
        Map(site, "/style.css", "style.css", "text/css; charset=utf-8");
        Map(site, "/app.js", "app.js", "text/javascript; charset=utf-8");
        Map(site, "/icon.svg", "icon.svg", "image/svg+xml");
    }

    private static void Map(WebApplication site, string path, string file, string type)
    {
        byte[] content = Read(file);
        site.MapGet(path, FileContentHttpResult (HttpContext context) =>
        {
            // Browsers ask each time, and get the file only if it has changed.
            context.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(content, type, entityTag: Tag);
        });
    }

    private static byte[] Read(string file)
    {
        using Stream resource = typeof(Page).Assembly.GetManifestResourceStream(file)
            ?? throw new FileNotFoundException("The program lacks a file of its page.", file);
        using MemoryStream content = new();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
