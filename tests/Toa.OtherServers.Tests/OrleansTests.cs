using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Toa.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>The gateway of a silo, to which clients connect.</summary>
public sealed class OrleansTests : RecipeTests
{
    public interface IEcho : IGrainWithIntegerKey
    {
        Task<string> Say(string words);
    }

    public sealed class Echo : Grain, IEcho
    {
        public Task<string> Say(string words) => Task.FromResult(words);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Middleware_of_the_gateway_sees_the_real_client(string server)
    {
        await using Silo silo = await Silo.StartAsync(server);
        using Caller caller = new(silo.Gateway);

        await using NetworkStream stream = await caller.ConnectAsync();

        (await silo.NextClientAsync()).Should().Be(caller.Client);
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task The_gateway_refuses_connections(string server)
    {
        await using Silo silo = await Silo.StartAsync(
            server, new() { ["Toa:KnownIPNetworks"] = "10.0.0.0/8", ["Toa:WhenUntrusted"] = "Refuse" });
        using Caller caller = new(silo.Gateway);

        (await caller.AskAsync()).Should().BeEmpty();
        silo.HasSeenClients.Should().BeFalse();
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Clients_of_Orleans_call_grains_through_it(string server)
    {
        await using Silo silo = await Silo.StartAsync(server);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client => client.UseStaticClustering(silo.Gateway));
        using IHost client = builder.Build();
        await Deadline.Within(client.StartAsync());

        IEcho echo = client.Services.GetRequiredService<IClusterClient>().GetGrain<IEcho>(1);
        (await Deadline.Within(echo.Say("hello"))).Should().Be("hello");

        (await silo.NextClientAsync()).Should().StartWith(server.StartsWith("127.6") ? "[2001:db8::7f00:1]:" : "198.18.0.1:");
        await Deadline.Within(client.StopAsync());
    }

    /// <summary>The reason why the recipe replaces the transport.</summary>
    [Fact]
    public async Task The_transport_of_Orleans_does_not_give_access_to_the_socket()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleans(silo => silo.UseLocalhostClustering());
        object key = builder.Services.Last(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).ServiceKey!;
        using IHost host = builder.Build();
        await using IConnectionListener listener =
            await host.Services.GetRequiredKeyedService<IConnectionListenerFactory>(key).BindAsync(AnyPortOf("127.6.0.1"));
        using Caller caller = new(listener.EndPoint);
        await using NetworkStream stream = await caller.ConnectAsync();

        await using ConnectionContext? accepted = await Deadline.Within(listener.AcceptAsync().AsTask());

        accepted!.Features.Get<IConnectionSocketFeature>().Should().BeNull("the page says so");
    }

    private sealed class Silo : IAsyncDisposable
    {
        private readonly Channel<string> _clients = Channel.CreateUnbounded<string>();
        private readonly Socket _gateway = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly IHost _host;

        private Silo(string server, Dictionary<string, string?> settings)
        {
            // The messages of clients contain the port, so it must be known before the silo starts.
            _gateway.Bind(AnyPortOf(server));
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
            foreach ((string key, string? value) in settings)
                builder.Configuration[key] = value;
            builder.UseOrleans(Configure);
            _host = builder.Build();
        }

        public IPEndPoint Gateway => (IPEndPoint)_gateway.LocalEndPoint!;

        public bool HasSeenClients => _clients.Reader.TryRead(out _);

        public static async Task<Silo> StartAsync(string server, Dictionary<string, string?>? settings = null)
        {
            Silo silo = new(server, settings ?? []);
            await Deadline.Within(silo._host.StartAsync());
            return silo;
        }

        public Task<string> NextClientAsync() => Deadline.Within(_clients.Reader.ReadAsync().AsTask());

        public async ValueTask DisposeAsync()
        {
            await Deadline.Within(_host.StopAsync());
            _host.Dispose();
            _gateway.Dispose();
        }

        private void Configure(ISiloBuilder orleans)
        {
            IPEndPoint gateway = Gateway;
            orleans.UseLocalhostClustering(primarySiloEndpoint: new(gateway.Address, EndpointOptions.DEFAULT_SILO_PORT));
            orleans.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = gateway.Address;
                options.GatewayPort = gateway.Port;
                options.GatewayListeningEndpoint = gateway;
                options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, 0);
            });
            orleans.UseToa();
            orleans.Configure<SiloConnectionOptions>(options => options.ConfigureGatewayInboundConnection(connections =>
                connections.Use(next => connection =>
                {
                    _clients.Writer.TryWrite(connection.RemoteEndPoint!.ToString()!);
                    return next(connection);
                })));
            orleans.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = endPoint =>
                endPoint.Equals(gateway) ? _gateway : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint));
        }
    }
}
