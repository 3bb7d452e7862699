using System;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Protocols;

/// <summary>HTTP in each version and over TLS.</summary>
public sealed class HttpTests : PlayedTests
{
    public static TheoryData<string, string, HttpProtocols, string> Protocols
    {
        get
        {
            TheoryData<string, string, HttpProtocols, string> data = [];
            foreach (string server in new[] { "127.6.0.1", "127.4.0.1", "127.0.0.1" })
            {
                data.Add(server, "http", HttpProtocols.Http1, "1.1");
                data.Add(server, "http", HttpProtocols.Http2, "2.0");
                data.Add(server, "https", HttpProtocols.Http1, "1.1");
                data.Add(server, "https", HttpProtocols.Http2, "2.0");
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task The_request_sees_the_real_client(string address, string scheme, HttpProtocols protocol, string version)
    {
        await using WebServer server = await WebServer.StartAsync(listen =>
        {
            listen.Protocols = protocol;
            if (scheme == "https")
                listen.UseHttps(SelfSigned.Certificate);
        });
        using Visitor visitor = new(IPAddress.Parse(address), server.Port, scheme, Version.Parse(version));

        Seen? seen = await visitor.AskAsync();

        seen!.Client.Should().Be(visitor.Client);
        seen.Protocol.Should().Be(version == "2.0" ? "HTTP/2" : "HTTP/1.1");
        seen.Original.Should().Be(visitor.Own.ToString());
        seen.TransportPeer.Should().Be(visitor.Own.ToString());
        seen.Source.Should().Be(
            address == Stage.Nat64.ToString() ? ToaSource.IPv6Option
            : address == Stage.HybridCloud.ToString() ? ToaSource.IPv4Option : ToaSource.TransportPeer);
    }

    [Fact]
    public async Task A_certificate_selector_sees_the_real_client()
    {
        string? seen = null;
        await using WebServer server = await WebServer.StartAsync(listen => listen.UseHttps(https =>
            https.ServerCertificateSelector = (connection, _) =>
            {
                seen = connection!.RemoteEndPoint!.ToString();
                return SelfSigned.Certificate;
            }));
        using Visitor visitor = new(Stage.Nat64, server.Port, "https");

        await visitor.AskAsync();

        seen.Should().Be(visitor.Client);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_it_does_where_one_endpoint_asks_for_it(bool beforeHttps)
    {
        string? seen = null;
        await using WebServer server = await WebServer.StartAsync(
            listen =>
            {
                if (beforeHttps)
                    listen.UseToa();
                listen.UseHttps(https => https.ServerCertificateSelector = (connection, _) =>
                {
                    seen = connection!.RemoteEndPoint!.ToString();
                    return SelfSigned.Certificate;
                });
                if (!beforeHttps)
                    listen.UseToa();
            },
            configure: _ => { });
        using Visitor visitor = new(Stage.Nat64, server.Port, "https");

        Seen? answer = await visitor.AskAsync();

        answer!.Client.Should().Be(visitor.Client, "requests see the client in either order");
        seen.Should().Be(beforeHttps ? visitor.Client : visitor.Own.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_logging_goes_with_it(bool loggingFirst)
    {
        await using WebServer server = await WebServer.StartAsync(
            listen =>
            {
                if (loggingFirst)
                    listen.UseConnectionLogging();
                listen.UseToa();
                if (!loggingFirst)
                    listen.UseConnectionLogging();
            },
            builder => builder.Logging.SetMinimumLevel(LogLevel.Debug));
        using Visitor visitor = new(Stage.Nat64, server.Port);

        (await visitor.AskAsync())!.Client.Should().Be(visitor.Client);
        server.Log.LinesOf("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.LoggingConnectionMiddleware")
            .Should().Contain(line => line.Contains("47 45 54"), "these are the bytes of GET");
    }
}
