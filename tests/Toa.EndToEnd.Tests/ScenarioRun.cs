using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Scenarios;
using Toa.Scenarios.Suite;
using Xunit;

namespace Toa.EndToEnd.Tests;

/// <summary>The whole suite in one boot of one kernel: each scenario's outcome, and the guest's own.</summary>
internal sealed class ScenarioRun
{
    /// <summary>As make passes them; two guests at a time.</summary>
    public static IReadOnlyList<string> Kernels { get; } =
        (Environment.GetEnvironmentVariable("KERNELS") ?? "6.1 6.12").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Where the eBPF provider is tested: its oldest kernel, and this machine's.</summary>
    public static IReadOnlyList<string> EbpfKernels { get; } = ["5.10", "host"];

    private static readonly SemaphoreSlim s_cpus = new(Math.Max(1, Environment.ProcessorCount));

    private static readonly Dictionary<string, Lazy<Task<ScenarioRun>>> s_runs = Start(Kernels, EndToEnd.Tests.Guest.RunSuiteAsync);

    private static readonly Dictionary<string, Lazy<Task<ScenarioRun>>> s_ebpfRuns =
        Start(EbpfKernels, EndToEnd.Tests.Guest.RunEbpfSuiteAsync);

    private readonly Dictionary<string, string?> _errors;

    private ScenarioRun(GuestResult result)
    {
        Guest = result;
        _errors = ReadTap(result.Output);
    }

    public GuestResult Guest { get; }

    /// <summary>What went wrong in a scenario; null if nothing did.</summary>
    public string? ErrorOf(string scenario) => _errors.TryGetValue(scenario, out string? error)
        ? error
        : $"the guest did not report this scenario; it ended with {Guest.ExitCode}:\n{Guest.Error}\n{Guest.Output}";

    /// <summary>Every scenario on every kernel.</summary>
    public static TheoryData<string, string> Cases(IEnumerable<string> kernels)
    {
        var cases = new TheoryData<string, string>();
        foreach (string kernel in kernels)
        foreach (Scenario scenario in AllScenarios.List)
            cases.Add(kernel, scenario.Name);
        return cases;
    }

    public static Task<ScenarioRun> On(string kernel) => On(kernel, s_runs);

    public static Task<ScenarioRun> OnEbpf(string kernel) => On(kernel, s_ebpfRuns);

    private static Task<ScenarioRun> On(string kernel, Dictionary<string, Lazy<Task<ScenarioRun>>> runs)
    {
        foreach (Lazy<Task<ScenarioRun>> run in runs.Values)
            _ = run.Value; // so that the next kernel runs while this one is looked at
        return runs[kernel].Value;
    }

    private static Dictionary<string, Lazy<Task<ScenarioRun>>> Start(
        IEnumerable<string> kernels, Func<string, Task<GuestResult>> run) =>
        kernels.ToDictionary(kernel => kernel, kernel => new Lazy<Task<ScenarioRun>>(() => Task.Run(() => RunAsync(() => run(kernel)))));

    private static async Task<ScenarioRun> RunAsync(Func<Task<GuestResult>> run)
    {
        await s_cpus.WaitAsync();
        try
        {
            return new ScenarioRun(await run());
        }
        finally
        {
            s_cpus.Release();
        }
    }

    /// <summary>Lines <c>ok 1 - name # time</c> and <c>not ok 2 - name # time</c>, the latter with what went wrong in lines <c># …</c>.</summary>
    private static Dictionary<string, string?> ReadTap(string output)
    {
        var errors = new Dictionary<string, string?>();
        string? failed = null;
        foreach (string line in output.Split('\n'))
        {
            bool ok = line.StartsWith("ok ", StringComparison.Ordinal);
            if (ok || line.StartsWith("not ok ", StringComparison.Ordinal))
            {
                int name = line.IndexOf(" - ", StringComparison.Ordinal) + 3;
                int end = line.LastIndexOf(" # ", StringComparison.Ordinal);
                failed = ok ? null : line[name..end];
                errors[line[name..end]] = ok ? null : "";
            }
            else if (failed is not null && line.StartsWith("# ", StringComparison.Ordinal))
            {
                errors[failed] += line[2..] + "\n";
            }
        }
        return errors;
    }
}
