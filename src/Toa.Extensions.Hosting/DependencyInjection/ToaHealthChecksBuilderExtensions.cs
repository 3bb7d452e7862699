using System;
using System.Collections.Generic;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Toa.Extensions.Hosting.Internal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a health check of the TOA provider: <c>services.AddHealthChecks().AddToa()</c>.</summary>
public static class ToaHealthChecksBuilderExtensions
{
    /// <summary>Adds a health check whose result tells an operator what to do.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>No provider serves this process: <paramref name="failureStatus"/>. All clients behind a balancer then appear with
    /// the balancer's address.</item>
    /// <item>A counter of the provider that indicates a problem (<c>untrusted</c>, <c>option_malformed</c>, …) has risen within
    /// the last five minutes: <see cref="HealthStatus.Degraded"/>, with advice.</item>
    /// </list>
    /// The data of the result contains the provider, the kernel, and the counters. Systems other than Linux have no providers.
    /// The result is <see cref="HealthStatus.Healthy"/> there, so that the check does not fail on a developer's machine.
    /// </remarks>
    /// <param name="builder">The server's health checks.</param>
    /// <param name="name">The check's name. Defaults to <c>toa</c>.</param>
    /// <param name="failureStatus">The status if no provider serves this process. Defaults to <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to select checks by. Defaults to none.</param>
    /// <returns><paramref name="builder"/>, for chained calls.</returns>
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
