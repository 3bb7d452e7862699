using System;
using System.Threading.Tasks;
using FluentAssertions;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Protocols;

public sealed class GrpcTests : PlayedTests
{
    public sealed class WhoService : Who.WhoBase
    {
        public override Task<Answer> Am(Question request, ServerCallContext context) => Task.FromResult(
            new Answer { Client = Seen.By(context.GetHttpContext()).Client, Peer = context.Peer });
    }

    [Fact]
    public async Task A_call_sees_the_real_client()
    {
        await using WebServer server = await WebServer.StartAsync(
            listen => listen.Protocols = HttpProtocols.Http2,
            builder =>
            {
                builder.WebHost.UseToa();
                builder.Services.AddGrpc();
            },
            application => application.MapGrpcService<WhoService>());
        using Visitor visitor = new(Stage.Nat64, server.Port, version: new Version(2, 0));
        using GrpcChannel channel = GrpcChannel.ForAddress(
            visitor.Http.BaseAddress!, new GrpcChannelOptions { HttpHandler = visitor.Handler });

        Answer answer = await new Who.WhoClient(channel).AmAsync(new Question());

        answer.Client.Should().Be(visitor.Client);
        answer.Peer.Should().Be("ipv6:" + visitor.Client);
    }
}
