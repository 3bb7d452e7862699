using System;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.AspNetCore.Tests.Support;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Toa.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>TLS over a socket, with <c>SslStream</c>.</summary>
public sealed class TlsTests : RecipeTests
{
    [Theory, MemberData(nameof(Servers))]
    public async Task The_handshake_knows_the_real_client(string server)
    {
        using TcpListener listener = Start(server);
        using Caller caller = new(listener.LocalEndpoint);
        await using SslStream client = Secure(await caller.ConnectAsync());
        Task handshake = client.AuthenticateAsClientAsync("toa.test");
        string? seen = null;

        await using SslStream? stream = await Deadline.Within(TlsConnection.AuthenticateAsync(
            await Deadline.Within(listener.AcceptSocketAsync()),
            Trusting,
            real =>
            {
                seen = real.ToString();
                return new SslServerAuthenticationOptions { ServerCertificate = SelfSigned.Certificate };
            },
            default));

        await Deadline.Within(handshake);
        stream.Should().NotBeNull();
        seen.Should().Be(caller.Client);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Connections_are_refused_before_the_handshake(string server)
    {
        using TcpListener listener = Start(server);
        using Caller caller = new(listener.LocalEndpoint);
        await using SslStream client = Secure(await caller.ConnectAsync());
        Task handshake = client.AuthenticateAsClientAsync("toa.test");

        SslStream? stream = await Deadline.Within(TlsConnection.AuthenticateAsync(
            await Deadline.Within(listener.AcceptSocketAsync()), Refusing, _ => throw new InvalidOperationException(), default));

        stream.Should().BeNull();
        await handshake.Awaiting(Deadline.Within).Should().ThrowAsync<IOException>();
    }

    private static TcpListener Start(string server)
    {
        TcpListener listener = new(AnyPortOf(server));
        listener.Start();
        return listener;
    }

    private static SslStream Secure(NetworkStream stream) =>
        new(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => SelfSigned.Is(certificate));
}
