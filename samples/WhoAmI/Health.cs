using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WhoAmI;

/// <summary>Writes the health as JSON, with advice for an operator.</summary>
internal static class Health
{
    public static void Map(WebApplication site, string path) =>
        site.MapHealthChecks(path, new HealthCheckOptions { ResponseWriter = WriteAsync });

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new HealthAnswer(report.Status, report.Entries.ToDictionary(entry => entry.Key, entry => CheckAnswer.Of(entry.Value))),
            SiteJson.Default.HealthAnswer);
}

/// <summary>The worst status of all checks, and each check by its name.</summary>
internal sealed record HealthAnswer(HealthStatus Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

/// <summary>One check: what is wrong, what to do, and the data that this is based on.</summary>
internal sealed record CheckAnswer(HealthStatus Status, string? Description, IReadOnlyDictionary<string, object> Data)
{
    public static CheckAnswer Of(HealthReportEntry entry) => new(entry.Status, entry.Description, entry.Data);
}
