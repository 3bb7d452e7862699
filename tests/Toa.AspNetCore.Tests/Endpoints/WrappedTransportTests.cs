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

/// <summary>A wrapped transport is created and disposed of as by its container.</summary>
public sealed class WrappedTransportTests
{
    private readonly ServiceCollection _services = new();

    [Fact]
    public async Task It_is_disposed_of_unless_the_program_made_it()
    {
        Transport own = new(), made = new();
        _services.AddSingleton<IConnectionListenerFactory>(own);
        _services.AddSingleton<IConnectionListenerFactory>(_ => made);
        _services.AddSingleton<IConnectionListenerFactory, AsyncTransport>();
        AsyncTransport.Disposals = 0;
        _services.AddToa();

        ServiceProvider container = _services.BuildServiceProvider();
        container.GetServices<IConnectionListenerFactory>().Should().HaveCount(3).And.AllBeOfType<ToaTransport>();
        await container.DisposeAsync();

        (own.Disposals, made.Disposals, AsyncTransport.Disposals).Should().Be((0, 1, 1));
    }

    [Fact]
    public void Containers_that_are_disposed_of_at_once_can_hold_any()
    {
        _services.AddSingleton<IConnectionListenerFactory, AsyncTransport>();
        AsyncTransport.Disposals = 0;
        _services.AddToa();

        ServiceProvider container = _services.BuildServiceProvider();
        _ = container.GetRequiredService<IConnectionListenerFactory>();
        container.Dispose();

        AsyncTransport.Disposals.Should().Be(1);
    }

    [Fact]
    public void No_keyed_services_are_needed()
    {
        _services.AddToa();

        _services.Should().NotContain(service => service.IsKeyedService, "not every container has them");
    }

    private sealed class Transport : IConnectionListenerFactory, IDisposable
    {
        public int Disposals { get; private set; }

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public void Dispose() => Disposals++;
    }

    private sealed class AsyncTransport : IConnectionListenerFactory, IAsyncDisposable
    {
        public static int Disposals { get; set; }

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            Disposals++;
            return default;
        }
    }
}
