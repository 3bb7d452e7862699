using System.Diagnostics;
using System.Text.Json;

namespace Toa.Scenarios;

/// <summary>The published tool, run to its end.</summary>
internal sealed record Tool(int ExitCode, string Output, string Error)
{
    public const string Path = "toa";

    public JsonElement ReadJson() => ExitCode == 2 || Output.Length == 0
        ? throw new ScenarioFailedException($"toa printed no JSON: {this}")
        : JsonDocument.Parse(Output).RootElement;

    public static Tool Run(params string[] arguments) => Start(arguments)();

    /// <summary>Starts it; what is returned waits for its end.</summary>
    public static System.Func<Tool> Start(params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        return () =>
        {
            using (process)
            {
                // All of the error is a line: it does not fill its pipe.
                string output = process.StandardOutput.ReadToEnd();
                string error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                return new Tool(process.ExitCode, output, error);
            }
        };
    }
}
