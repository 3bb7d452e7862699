using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using Toa.Scenarios.Suite;

namespace Toa.Scenarios.Commands;

internal static class RunCommand
{
    private static readonly Option<string?> s_match = new("--match")
    {
        Description = "Only scenarios whose name contains this",
    };

    private static readonly Option<bool> s_withoutPrograms = new("--without-programs")
    {
        Description = "Leave out what other programs make of the provider: servers, the tool, the balancer",
    };

    public static Command Create() =>
        new Command("run", "Runs the scenarios and reports them in TAP") { s_match, s_withoutPrograms }
            .OnStage((stage, arguments) => RunAll(
                stage, arguments.GetValue(s_withoutPrograms) ? AllScenarios.Kernel : AllScenarios.List, arguments.GetValue(s_match)));

    private static int RunAll(Stage stage, IEnumerable<Scenario> all, string? only)
    {
        List<Scenario> scenarios =
        [
            .. all
                .Where(scenario => scenario.IsFor(stage.Provider.Kind))
                .Where(scenario => only is null || scenario.Name.Contains(only, StringComparison.Ordinal)),
        ];
        if (scenarios.Count == 0)
        {
            Console.Error.WriteLine($"toa-scenarios: no scenario's name contains '{only}'");
            return 2;
        }
        Console.WriteLine("TAP version 14");
        Console.WriteLine($"1..{scenarios.Count}");
        int failed = 0;
        for (int i = 0; i < scenarios.Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            string? error = Attempt(stage, scenarios[i], out string? skipped);
            string note = skipped is null ? $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms" : $"SKIP {skipped}";
            Console.WriteLine($"{(error is null ? "ok" : "not ok")} {i + 1} - {scenarios[i].Name} # {note}");
            if (error is null)
                continue;
            failed++;
            foreach (string line in error.Split('\n'))
                Console.WriteLine($"# {line}");
        }
        return failed == 0 ? 0 : 1;
    }

    private static string? Attempt(Stage stage, Scenario scenario, out string? skipped)
    {
        skipped = null;
        try
        {
            stage.Provider.EnsureLoaded();
            scenario.Run(stage);
            return null;
        }
        catch (ScenarioSkippedException exception)
        {
            skipped = exception.Message;
            return null;
        }
        catch (ScenarioFailedException exception)
        {
            return exception.Message;
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
