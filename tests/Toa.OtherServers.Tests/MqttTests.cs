using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Toa.PlayedProvider;
using Toa.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>Brokers of MQTTnet, tested with its client.</summary>
public sealed class MqttTests : RecipeTests
{
    private static readonly IPEndPoint Own = IPEndPoint.Parse("127.0.9.33:0");

    [Theory, MemberData(nameof(Servers))]
    public async Task The_events_of_a_broker_have_the_real_client(string server)
    {
        (MqttServer broker, int port) = await StartAsync(server, Trusting);
        using (broker)
        {
            (await SeenByAsync(broker, new IPEndPoint(IPAddress.Parse(server), port))).Should().Equal(Expected(server));
            await broker.StopAsync();
        }
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_broker_refuses_connections(string server)
    {
        (MqttServer broker, int port) = await StartAsync(server, Refusing);
        using (broker)
        {
            (await SeenByAsync(broker, new IPEndPoint(IPAddress.Parse(server), port))).Should().BeEmpty();
            await broker.StopAsync();
        }
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task The_events_of_a_broker_on_Kestrel_have_the_real_client(string server)
    {
        await using WebApplication broker = await StartOnKestrelAsync(server);

        (await SeenByAsync(broker)).Should().Equal(Expected(server));
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_broker_on_Kestrel_refuses_connections(string server)
    {
        await using WebApplication broker = await StartOnKestrelAsync(
            server, "--Toa:KnownIPNetworks=10.0.0.0/8", "--Toa:WhenUntrusted=Refuse");

        (await SeenByAsync(broker)).Should().BeEmpty();
    }

    private static async Task<(MqttServer Broker, int Port)> StartAsync(string server, ToaResolver toa)
    {
        TcpListener listener = new(AnyPortOf(server));
        MqttServer broker = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptions(), [new RealClientMqttAdapter(listener, toa)]);
        await broker.StartAsync();
        return (broker, ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static async Task<WebApplication> StartOnKestrelAsync(string server, params string[] arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(arguments);
        builder.Logging.ClearProviders();
        builder.AddBroker(AnyPortOf(server));
        WebApplication application = builder.Build();
        // The broker starts after the application, and StartAsync does not wait for it.
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        application.Services.GetRequiredService<MqttServer>().StartedAsync += _ =>
        {
            started.SetResult();
            return Task.CompletedTask;
        };
        await application.StartAsync();
        await Deadline.Within(started.Task);
        return application;
    }

    private static Task<List<string>> SeenByAsync(WebApplication broker)
    {
        string address = broker.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return SeenByAsync(broker.Services.GetRequiredService<MqttServer>(), IPEndPoint.Parse(new Uri(address).Authority));
    }

    /// <summary>Connects, and returns the clients that the events with these names report.</summary>
    private static async Task<List<string>> SeenByAsync(MqttServer broker, IPEndPoint server)
    {
        List<string> seen = [];
        broker.ValidatingConnectionAsync += connection => See(connection.RemoteEndPoint);
        broker.ClientConnectedAsync += connection => See(connection.RemoteEndPoint);
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        try
        {
            await client.ConnectAsync(new MqttClientOptions
            {
                ChannelOptions = new MqttClientTcpOptions { RemoteEndpoint = server, LocalEndpoint = Own },
                Timeout = Deadline.Time,
            });
            await client.PingAsync();
        }
        catch (MqttCommunicationException)
        {
            // Refused.
        }

        return seen;

        Task See(EndPoint client)
        {
            lock (seen)
                seen.Add(((IPEndPoint)client).Address.ToString());
            return Task.CompletedTask;
        }
    }

    private static string[] Expected(string server)
    {
        string client = Stage.ClientOf(Own, IPAddress.Parse(server)).Address.ToString();
        return [client, client];
    }
}
