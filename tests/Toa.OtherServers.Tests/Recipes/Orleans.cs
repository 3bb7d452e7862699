using System.Linq;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Toa.OtherServers.Tests.Recipes;

internal static class SiloBuilderToaExtensions
{
    /// <summary>Gives the connections of the gateway their real clients, for connection middleware that is added later.</summary>
    public static ISiloBuilder UseToa(this ISiloBuilder silo)
    {
        silo.Services.AddToaResolver();
        silo.Configure<SiloConnectionOptions>(options => options.ConfigureGatewayInboundConnection(gateway => gateway.UseToa()));

        // Connections of Orleans' transport do not have their socket as a feature. Those of Kestrel's do.
        ServiceDescriptor[] transports = [.. silo.Services.Where(
            service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory))];
        foreach (ServiceDescriptor transport in transports)
            silo.Services.AddKeyedSingleton<IConnectionListenerFactory, SocketTransportFactory>(transport.ServiceKey);
        return silo;
    }
}
