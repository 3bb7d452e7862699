using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Toa.AspNetCore.Internal;
using Xunit;

namespace Toa.AspNetCore.Tests.Endpoints;

/// <summary>The server selects the same transport, wrapped or not.</summary>
public sealed class SelectionTests
{
    private static readonly EndPoint Tcp = new IPEndPoint(IPAddress.Loopback, 80);

    [Fact]
    public void A_transport_for_other_endpoints_stays_one()
    {
        ToaTransport transport = Wrap(new PipeTransport());

        transport.CanBind(new DnsEndPoint("pipe", 1)).Should().BeTrue();
        transport.CanBind(Tcp).Should().BeFalse();
    }

    [Fact]
    public void A_transport_that_does_not_say_takes_all()
    {
        Wrap(new AnyTransport()).CanBind(Tcp).Should().BeTrue();
    }

    private static ToaTransport Wrap(IConnectionListenerFactory transport)
    {
        ServiceCollection services = new();
        services.AddSingleton(transport);
        ToaTransportDescriptor.ReplaceAll(services);
        return (ToaTransport)services.BuildServiceProvider().GetRequiredService<IConnectionListenerFactory>();
    }

    private class AnyTransport : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }

    private sealed class PipeTransport : AnyTransport, IConnectionListenerFactorySelector
    {
        public bool CanBind(EndPoint endpoint) => endpoint is DnsEndPoint;
    }
}
