using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Toa.KestrelRatios;

/// <summary>A server with one short page, and a client that opens a connection for each request.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly IPEndPoint _address;
    private readonly byte[] _answer = new byte[4096];

    private PageServer(WebApplication application, IPEndPoint address)
    {
        _application = application;
        _address = address;
    }

    private static ReadOnlySpan<byte> Request => "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8;

    public static async Task<PageServer> StartAsync(IPAddress address, bool useToa)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, 0));
        if (useToa)
            builder.WebHost.UseToa();

        WebApplication application = builder.Build();
        application.MapGet("/", () => "a page");
        await application.StartAsync();
        string url = string.Join("", application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
        return new PageServer(application, new IPEndPoint(address, new Uri(url).Port));
    }

    public void Visit(int requests)
    {
        while (requests-- > 0)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(_address);
            socket.Send(Request);
            while (socket.Receive(_answer) > 0)
            {
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
