using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Toa.AspNetCore.Tests.Endpoints;

/// <summary>HTTP/3: connections over UDP, which have no TCP options.</summary>
public sealed class MultiplexedTests
{
    private static readonly EndPoint Any = new IPEndPoint(IPAddress.Loopback, 443);

    private readonly ServiceCollection _services = new();
    private readonly QuicLikeTransport _transport = new();

    public MultiplexedTests() =>
        _services.AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<IMultiplexedConnectionListenerFactory>(_transport);

    [Fact]
    public async Task They_are_served_where_nothing_is_refused()
    {
        _services.AddToa();

        MultiplexedConnectionContext? connection = await AcceptAsync();

        connection.Should().BeSameAs(_transport.Connections[0]);
        connection!.Features.Get<IToaFeature>()!.Resolution.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
    }

    [Fact]
    public async Task They_are_refused_where_strangers_are()
    {
        _services.AddToa(options =>
        {
            options.KnownIPNetworks.Add("127.0.0.0/8");
            options.WhenUntrusted = ToaAction.Refuse;
        });

        (await AcceptAsync()).Should().BeNull("none but refused ones came");

        _transport.Connections.Should().OnlyContain(connection => connection.IsAborted && connection.IsDisposed);
    }

    [Theory]
    [InlineData(ToaAction.Refuse)]
    [InlineData(ToaAction.UseTransportPeer)]
    public async Task One_endpoint_refuses_them_too(ToaAction whenUntrusted)
    {
        await using ServiceProvider provider = _services.BuildServiceProvider();
        List<Connection> served = [];
        ListenOptions? endpoint = null;
        new KestrelServerOptions { ApplicationServices = provider }.Listen(Any, listen => endpoint = listen);
        endpoint!.UseToa(options =>
        {
            options.KnownIPNetworks.Add("127.0.0.0/8");
            options.WhenUntrusted = whenUntrusted;
        });
        IMultiplexedConnectionBuilder builder = endpoint!;
        builder.Use(_ => connection =>
        {
            served.Add((Connection)connection);
            return Task.CompletedTask;
        });
        Connection connection = new();

        await builder.Build()(connection);

        connection.IsAborted.Should().Be(whenUntrusted == ToaAction.Refuse);
        served.Should().HaveCount(whenUntrusted == ToaAction.Refuse ? 0 : 1);
        connection.Features.Get<IToaFeature>().Should().Match(feature => feature == null == connection.IsAborted);
    }

    [Fact]
    public void A_transport_that_was_registered_later_keeps_the_server_from_starting()
    {
        _services.AddToa().AddSingleton<IMultiplexedConnectionListenerFactory>(new QuicLikeTransport());

        _services.BuildServiceProvider().Invoking(provider => provider.GetRequiredService<IOptions<ToaOptions>>().Value)
            .Should().Throw<OptionsValidationException>().WithMessage("QuicLikeTransport was registered after UseToa or AddToa*UseQuic*");
    }

    private async Task<MultiplexedConnectionContext?> AcceptAsync()
    {
        await using ServiceProvider provider = _services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IMultiplexedConnectionListenerFactory>();
        await using IMultiplexedConnectionListener listener = await factory.BindAsync(Any);
        listener.EndPoint.Should().Be(Any);
        MultiplexedConnectionContext? connection = await listener.AcceptAsync();
        await listener.UnbindAsync();
        return connection;
    }

    private sealed class QuicLikeTransport : IMultiplexedConnectionListenerFactory
    {
        public List<Connection> Connections { get; } = [new(), new()];

        public ValueTask<IMultiplexedConnectionListener> BindAsync(
            EndPoint endpoint, IFeatureCollection? features = null, CancellationToken cancellationToken = default) =>
            new(new Listener(endpoint, new Queue<Connection>(Connections)));
    }

    private sealed class Listener(EndPoint endPoint, Queue<Connection> coming) : IMultiplexedConnectionListener
    {
        public EndPoint EndPoint => endPoint;

        public ValueTask<MultiplexedConnectionContext?> AcceptAsync(
            IFeatureCollection? features = null, CancellationToken cancellationToken = default) =>
            new(coming.TryDequeue(out Connection? connection) ? connection : null);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }

    private sealed class Connection : MultiplexedConnectionContext
    {
        public bool IsAborted { get; private set; }

        public bool IsDisposed { get; private set; }

        public override string ConnectionId { get; set; } = "1";

        public override IFeatureCollection Features { get; } = new FeatureCollection();

        public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public override EndPoint? RemoteEndPoint { get; set; } = new IPEndPoint(IPAddress.Loopback, 4433);

        public override void Abort() => IsAborted = true;

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;

        public override ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override ValueTask<ConnectionContext> ConnectAsync(
            IFeatureCollection? features = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return base.DisposeAsync();
        }
    }
}
