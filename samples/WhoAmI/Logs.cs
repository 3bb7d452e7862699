using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace WhoAmI;

/// <summary>What is worth a line on the standard error.</summary>
internal static class Logs
{
    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(line => line.SingleLine = true);
        builder.Logging
            // Requests are not, and the program itself says where it listens.
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
            // What keeps the server from starting is told in one line, without the stack.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            // Whoever asks for the health is told.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
    }
}
