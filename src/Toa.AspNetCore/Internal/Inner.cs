using System;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Toa.AspNetCore.Internal;

/// <summary>A service that another one wraps. The wrapper disposes it, unless the program created it.</summary>
internal readonly struct Inner<TService> : IDisposable, IAsyncDisposable
    where TService : class
{
    private readonly bool _isOwned;

    private Inner(TService service, bool isOwned)
    {
        Service = service;
        _isOwned = isOwned;
    }

    public TService Service { get; }

    /// <summary>Creates the service as its registration says.</summary>
    public static Inner<TService> Make(ServiceDescriptor registration, IServiceProvider services) =>
        registration.ImplementationInstance is { } instance ? new((TService)instance, isOwned: false)
        : registration.ImplementationFactory is { } factory ? new((TService)factory(services), isOwned: true)
        : new((TService)ActivatorUtilities.CreateInstance(services, registration.ImplementationType!), isOwned: true);

    public void Dispose()
    {
        if (!_isOwned)
            return;
        if (Service is IDisposable inner)
            inner.Dispose();
        else
            (Service as IAsyncDisposable)?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    public ValueTask DisposeAsync()
    {
        if (_isOwned && Service is IAsyncDisposable inner)
            return inner.DisposeAsync();
        Dispose();
        return default;
    }
}
