using System;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Protocols;

/// <summary>SignalR, over each of its transports.</summary>
public sealed class SignalRTests : PlayedTests
{
    public sealed class WhoHub : Hub
    {
        public Seen Am() => Seen.By(Context.GetHttpContext()!);
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_hub_sees_the_real_client(HttpTransportType transport)
    {
        await using WebServer server = await WebServer.StartAsync(
            configure: builder =>
            {
                builder.WebHost.UseToa();
                builder.Services.AddSignalR();
            },
            map: application => application.MapHub<WhoHub>("/who"));
        await using HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri($"http://{Stage.Nat64}:{server.Port}/who"), transport)
            .Build();
        await hub.StartAsync();

        Seen seen = await hub.InvokeAsync<Seen>("Am");

        seen.Client.Should().StartWith("[2001:db8::7f00:1]:");
        // With long polling, the hub gets a copy of a request, without the connection's features.
        seen.HasFeature.Should().Be(transport != HttpTransportType.LongPolling);
    }
}
