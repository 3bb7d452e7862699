using System;
using System.Collections.Generic;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Toa.Extensions.Hosting.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A health check of the TOA provider: <c>services.AddHealthChecks().AddToa()</c>.</summary>
public static class ToaHealthChecksBuilderExtensions
{
    /// <summary>Adds a health check that says what an operator can act on.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>No provider serves this process: <paramref name="failureStatus"/>. Behind a balancer, all clients then appear
    /// with its address.</item>
    /// <item>One of the provider's counters of trouble (<c>untrusted</c>, <c>option_malformed</c>, …) has risen within the
    /// last five minutes: <see cref="HealthStatus.Degraded"/>, with what to do about it.</item>
    /// </list>
    /// The result's data has the provider, the kernel, and the counters. Elsewhere than on Linux there are no providers,
    /// and a developer's machine is not sick for that: <see cref="HealthStatus.Healthy"/>.
    /// </remarks>
    /// <param name="builder">The server's health checks.</param>
    /// <param name="name">The check's name. Defaults to <c>toa</c>.</param>
    /// <param name="failureStatus">
    /// What it means that no provider is there. Defaults to <see cref="HealthStatus.Unhealthy"/>.
    /// </param>
    /// <param name="tags">Tags to select checks by. Defaults to none.</param>
    /// <returns><paramref name="builder"/>, for more calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static IHealthChecksBuilder AddToa(
        this IHealthChecksBuilder builder, string name = "toa", HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<ToaHealthCheck>();
        return builder.Add(new HealthCheckRegistration(
            name, services => services.GetRequiredService<ToaHealthCheck>(), failureStatus, tags));
    }
}
