using System;
using System.IO;
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Endpoints;

/// <summary>Connections without a client address.</summary>
public sealed class UnixSocketTests : PlayedTests
{
    [Fact]
    public async Task They_pass_untouched()
    {
        string path = Path.Combine(Path.GetTempPath(), $"toa-{Guid.NewGuid():N}.sock");
        await using WebServer server = await WebServer.StartOnAsync(
            kestrel => kestrel.ListenUnixSocket(path, listen => listen.UseToa()), builder => builder.WebHost.UseToa());
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Calls before = Stage.Calls;
        Seen? seen = await client.GetFromJsonAsync<Seen>("http://localhost/");

        seen!.Client.Should().BeNull();
        seen.HasFeature.Should().BeFalse();
        (Stage.Calls - before).Total.Should().Be(0);
    }
}
