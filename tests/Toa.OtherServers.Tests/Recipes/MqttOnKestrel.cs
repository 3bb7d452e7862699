using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using MQTTnet.AspNetCore;

namespace Toa.OtherServers.Tests.Recipes;

internal static class MqttOnKestrel
{
    public static void AddBroker(this WebApplicationBuilder builder, IPEndPoint endPoint)
    {
        builder.Services.AddMqttServer();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(endPoint, listen => listen.UseToa().UseMqtt()));
    }
}
