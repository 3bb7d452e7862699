using System;
using System.IO;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Toa.AspNetCore.Tests.Support;
using Xunit;

namespace Toa.AspNetCore.Tests.Docs;

/// <summary>The statements of docs/guides/testing.md about the tests of applications.</summary>
public sealed class TestingPageTests : PlayedTests
{
    [Fact]
    public async Task A_test_chooses_the_address()
    {
        (await AskAsync(
            context => context.Connection.RemoteIpAddress!.ToString(),
            context => context.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8::1")))
            .Should().Be("2001:db8::1");
    }

    [Fact]
    public async Task A_test_brings_a_feature_of_its_own()
    {
        ToaResolution resolution = new(
            new ToaEndPoint(IPEndPoint.Parse("[2001:db8::1]:40000"), ToaSource.IPv6Option),
            new ToaEndPoint(IPEndPoint.Parse("10.0.0.5:4000"), ToaSource.TransportPeer),
            trust: ToaTrust.Trusted);

        (await AskAsync(
            context =>
            {
                IToaFeature toa = context.Features.Get<IToaFeature>()!;
                return $"{toa.Resolution.Client} {toa.Resolution.Trust} {toa.OriginalRemoteEndPoint}";
            },
            context => context.Features.Set<IToaFeature>(new FakeToa(IPEndPoint.Parse("10.0.0.5:4000"), resolution))))
            .Should().Be("[2001:db8::1]:40000 Trusted 10.0.0.5:4000");
    }

    [Fact]
    public async Task Without_either_there_is_no_address_and_no_feature()
    {
        (await AskAsync(
            context => $"{context.Connection.RemoteIpAddress is null} {context.Features.Get<IToaFeature>() is null}", _ => { }))
            .Should().Be("True True");
    }

    [Fact]
    public void A_refusal_can_be_thrown_by_a_test()
    {
        ToaEndPoint peer = new(IPEndPoint.Parse("10.0.0.5:4000"), ToaSource.TransportPeer);
        new ToaRefusedException(new ToaResolution(peer, peer, ToaFallbackReason.UntrustedPeer, ToaTrust.Untrusted))
            .Message.Should().StartWith("The connection from 10.0.0.5:4000 was refused: it is not a known proxy.");
    }

    private static async Task<string> AskAsync(Func<HttpContext, string> answer, Action<HttpContext> arrange)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.WebHost.UseToa();
        await using WebApplication app = builder.Build();
        app.MapGet("/", answer);
        await app.StartAsync();

        HttpContext answered = await app.GetTestServer().SendAsync(arrange);
        using StreamReader text = new(answered.Response.Body);
        return await text.ReadToEndAsync();
    }

    private sealed record FakeToa(IPEndPoint OriginalRemoteEndPoint, ToaResolution Resolution) : IToaFeature;
}
