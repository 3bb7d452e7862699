using System.Net;
using System.Net.Http;
using System.Threading.RateLimiting;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Protocols;

/// <summary>A rate limit for each client. Without the real client, all clients of a balancer would share one limit.</summary>
public sealed class RateLimitingTests : PlayedTests
{
    [Fact]
    public async Task Each_real_client_has_a_limit_of_its_own()
    {
        await using WebServer server = await WebServer.StartAsync(
            configure: builder =>
            {
                builder.WebHost.UseToa();
                builder.Services.AddRateLimiter(limiter =>
                {
                    limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                    limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context =>
                        RateLimitPartition.GetConcurrencyLimiter(
                            context.Connection.RemoteIpAddress!,
                            _ => new ConcurrencyLimiterOptions { PermitLimit = 1 }));
                });
            },
            map: application =>
            {
                application.UseRateLimiter();
                application.MapGet("/wait", async context =>
                {
                    await context.Response.Body.FlushAsync();
                    await Task.Delay(-1, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                });
            });
        using Visitor first = new(Stage.Nat64, server.Port, from: "127.0.1.1");
        using Visitor second = new(Stage.Nat64, server.Port, from: "127.0.1.2");

        using (await first.Http.GetAsync("/wait", HttpCompletionOption.ResponseHeadersRead))
        {
            (await first.Http.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
            (await second.Http.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }
}
