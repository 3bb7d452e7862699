using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Toa.Scenarios;
using Toa.Scenarios.Randomized;
using Toa.Scenarios.Suite;

var module = new Option<string>("--module")
{
    Description = "The kernel module to load",
    DefaultValueFactory = _ => "/bin/toa.ko",
};
var echoServer = new Option<string>("--echo-server")
{
    Description = "The published echo server sample",
    DefaultValueFactory = _ => "/bin/EchoServer",
};
var match = new Option<string?>("--match") { Description = "Only scenarios whose name contains this" };

var list = new Command("list", "Lists the scenarios");
list.SetAction(_ =>
{
    foreach (Scenario scenario in AllScenarios.List)
        Console.WriteLine(scenario.Name);
});

var run = new Command("run", "Runs the scenarios and reports them in TAP") { match };
run.SetAction(arguments => WithStage(arguments, stage => RunAll(stage, arguments.GetValue(match))));

var demo = new Command("demo", "Shows the echo server printing real clients");
demo.SetAction(arguments => WithStage(arguments, stage =>
{
    Demo.Run(stage);
    return 0;
}));

var connections = new Option<int>("--connections") { Description = "How many", DefaultValueFactory = _ => 200_000 };
var seed = new Option<int>("--seed")
{
    Description = "What all that is random follows from; another one each time by default",
    DefaultValueFactory = _ => Random.Shared.Next(),
};
var first = new Option<int>("--first") { Description = "The number of the first connection, to see one alone" };
var random = new Command("random", "Makes connections with random option bytes and holds each against a model")
{
    connections, seed, first,
};
random.SetAction(arguments => WithStage(arguments, stage =>
{
    int chosen = arguments.GetValue(seed);
    Console.WriteLine($"seed {chosen}");
    RandomRun.Run(stage, chosen, arguments.GetValue(first), arguments.GetValue(connections), Console.WriteLine);
    return 0;
}));

var count = new Option<int>("--count") { Description = "How often", DefaultValueFactory = _ => 300 };
var cycles = new Command("cycles", "Loads and unloads the module while connections come and go") { count };
cycles.SetAction(arguments => WithStage(arguments, stage =>
{
    UnloadCases.Cycles(stage, arguments.GetValue(count));
    return 0;
}));

var root = new RootCommand("What must hold on a booted kernel. Runs as root in a guest: it loads and unloads the provider.")
{
    list, run, random, cycles, demo,
};
foreach (Option option in (Option[])[module, echoServer])
{
    option.Recursive = true;
    root.Options.Add(option);
}
return root.Parse(args).Invoke();

int WithStage(ParseResult arguments, Func<Stage, int> action)
{
    try
    {
        var kernelModule = new KernelModule(arguments.GetRequiredValue(module), "toa");
        kernelModule.EnsureLoaded();
        using var stage = new Stage(kernelModule, arguments.GetValue(echoServer));
        return action(stage);
    }
    catch (Exception exception) when (exception is ScenarioFailedException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"toa-scenarios: {exception.Message}");
        return 1;
    }
}

int RunAll(Stage stage, string? only)
{
    List<Scenario> scenarios = [.. AllScenarios.List.Where(s => only is null || s.Name.Contains(only, StringComparison.Ordinal))];
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

static string? Attempt(Stage stage, Scenario scenario, out string? skipped)
{
    skipped = null;
    try
    {
        stage.Module.EnsureLoaded();
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
