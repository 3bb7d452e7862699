using System;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Tasks;

namespace Toa.Scenarios;

/// <summary>The result of a run of the published tool.</summary>
internal sealed record Tool(int ExitCode, string Output, string Error)
{
    public const string Path = "toa";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public JsonElement ReadJson() => ExitCode == 2 || Output.Length == 0
        ? throw new ScenarioFailedException($"toa printed no JSON: {this}")
        : JsonDocument.Parse(Output).RootElement;

    public static Tool Run(params string[] arguments) => Start(arguments)();

    public static Tool RunInChinese(params string[] arguments) => StartIn("zh_CN.UTF-8", arguments)();

    /// <summary>
    /// Runs the tool, and repeats the action until it has ended, because it is not known when the tool looks.
    /// </summary>
    public static Tool RunWhile(Action action, params string[] arguments)
    {
        Task<Tool> run = Task.Run(Start(arguments));
        while (!run.Wait(Pause))
            action();
        return run.GetAwaiter().GetResult();
    }

    /// <summary>Starts the tool. The returned function waits for its end.</summary>
    public static Func<Tool> Start(params string[] arguments) => StartIn("C", arguments);

    private static Func<Tool> StartIn(string locale, string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = locale },
        })!;
        return () =>
        {
            using (process)
            {
                // Standard error has only one line, so it does not fill its pipe.
                string output = process.StandardOutput.ReadToEnd();
                string error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                return new Tool(process.ExitCode, output, error);
            }
        };
    }
}
