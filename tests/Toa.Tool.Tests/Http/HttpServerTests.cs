using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using Toa.Tests.Support;
using Toa.Tool.Http;
using Xunit;

namespace Toa.Tool.Tests.Http;

/// <summary>The limits of the server for probes, metrics and control.</summary>
public sealed class HttpServerTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task A_connection_has_one_request()
    {
        await using Served served = await Served.StartAsync();

        string answer = await served.AskAsync(Request + Request);

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("\r\nConnection: close\r\n").And.Contain("fine");
        answer.Split("HTTP/1.1").Should().HaveCount(2);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_is_disconnected()
    {
        await using Served served = await Served.StartAsync();

        (await served.AskAsync("")).Should().BeEmpty();
        (await served.AskAsync("GET / HTTP/1.1\r\n")).Should().NotContain("200 OK");
        (await served.AskAsync(Request)).Should().Contain("200 OK");
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_later_ones_are_served_again()
    {
        await using Served served = await Served.StartAsync();
        List<TcpClient> silent = [];
        // More than the limit: those that are not served are closed at once, so only few of them fit.
        for (int i = 0; i < 40; i++)
            silent.Add(await served.ConnectAsync());
        int closed = 0;
        foreach (TcpClient client in silent.Skip(32))
            closed += await ReadAsync(client) == "" ? 1 : 0;
        silent.ForEach(client => client.Dispose());

        closed.Should().Be(8);
        string answer = "";
        while (!answer.Contains("200 OK"))
            answer = await served.AskAsync(Request);
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: x\r\n\r\n", 414)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX: {0}\r\n\r\n", 431)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    public async Task A_request_that_is_too_large_or_not_valid_is_refused(string request, int status)
    {
        await using Served served = await Served.StartAsync();

        (await served.AskAsync(string.Format(request, new string('x', 10_000)))).Should().StartWith($"HTTP/1.1 {status} ");
    }

    [Fact]
    public async Task It_serves_several_sockets_and_ends_with_clients_that_are_slow()
    {
        Served served = await Served.StartAsync();
        using TcpClient slow = await served.ConnectAsync();
        using HttpClient http = new();

        foreach (EndPoint end in served.Ends)
            (await Deadline.Within(http.GetStringAsync($"http://{end}/"))).Should().Be("fine");

        await Deadline.Within(served.DisposeAsync().AsTask());
        await FluentActions.Awaiting(served.ConnectAsync).Should().ThrowAsync<SocketException>();
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        try
        {
            return await Deadline.Within(new StreamReader(client.GetStream()).ReadToEndAsync());
        }
        catch (IOException)
        {
            return ""; // a reset
        }
    }

    private sealed class Served : IAsyncDisposable
    {
        private HttpServer? _server;

        public EndPoint[] Ends { get; private init; } = [];

        public static async Task<Served> StartAsync()
        {
            Socket[] sockets = [TcpConnection.Listen(IPAddress.Loopback), TcpConnection.Listen(IPAddress.Loopback)];
            return new Served
            {
                Ends = [.. sockets.Select(socket => socket.LocalEndPoint!)],
                _server = await HttpServer.StartAsync(sockets, context => context.Response.WriteAsync("fine")),
            };
        }

        public async Task<TcpClient> ConnectAsync()
        {
            TcpClient client = new();
            await Deadline.Within(client.ConnectAsync((IPEndPoint)Ends[0]));
            return client;
        }

        public async Task<string> AskAsync(string request)
        {
            using TcpClient client = await ConnectAsync();
            try
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            }
            catch (IOException)
            {
                return "";
            }

            return await ReadAsync(client);
        }

        public ValueTask DisposeAsync() => _server!.DisposeAsync();
    }
}
