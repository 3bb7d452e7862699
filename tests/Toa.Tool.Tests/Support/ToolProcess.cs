using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using Toa.Tests.Support;

namespace Toa.Tool.Tests.Support;

/// <summary>The tool as a process of its own.</summary>
internal static class ToolProcess
{
    private static readonly string Program = typeof(ToaCommand).Assembly.Location;

    public static Task<Run> RunAsync(params string[] arguments) => StartAsync("dotnet", [Program, .. arguments]);

    /// <summary>In a shell, where $TOA is the command line that starts it.</summary>
    public static Task<Run> ShellAsync(string script) => StartAsync("bash", ["-c", $"TOA='dotnet {Program}'; {script}"]);

    private static async Task<Run> StartAsync(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await Deadline.Within(process.WaitForExitAsync());
        return new Run(process.ExitCode, await output, await error);
    }
}
