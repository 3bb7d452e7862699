using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Diagnostics;
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
    public static IReadOnlyList<string> EbpfKernels { get; } = ["5.10", Host];

    /// <summary>This machine's own kernel.</summary>
    public const string Host = "host";

    private static readonly SemaphoreSlim s_cpus = new(Math.Max(1, Environment.ProcessorCount));

    private static readonly Dictionary<string, Lazy<Task<ScenarioRun>>> s_runs = Start(Kernels, EndToEnd.Tests.Guest.RunSuiteAsync);

    private static readonly Dictionary<string, Lazy<Task<ScenarioRun>>> s_ebpfRuns =
        Start(EbpfKernels, EndToEnd.Tests.Guest.RunEbpfSuiteAsync);

    private readonly Dictionary<string, ScenarioResult> _results;

    private ScenarioRun(GuestResult result)
    {
        Guest = result;
        _results = ReadTap(result.Output);
    }

    public GuestResult Guest { get; }

    /// <summary>Fails with what went wrong in a scenario, or skips the test with the guest's reason.</summary>
    public void Check(string scenario)
    {
        ScenarioResult result = _results.GetValueOrDefault(scenario) ?? new ScenarioResult(
            $"the guest did not report this scenario; it ended with {Guest.ExitCode}:\n{Guest.Error}\n{Guest.Output}", null);
        Skip.If(result.Skipped is not null, result.Skipped);
        result.Error.Should().BeNull();
    }

    /// <summary>Every scenario for a provider on every kernel.</summary>
    public static TheoryData<string, string> Cases(IEnumerable<string> kernels, ToaProviderKind provider)
    {
        var cases = new TheoryData<string, string>();
        foreach (string kernel in kernels)
        foreach (Scenario scenario in AllScenarios.List.Where(scenario => scenario.IsFor(provider)))
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

    /// <summary>
    /// Lines <c>ok 1 - name # time</c>, <c>ok 2 - name # SKIP reason</c> and <c>not ok 3 - name # time</c>, the latter with what
    /// went wrong in lines <c># …</c>.
    /// </summary>
    private static Dictionary<string, ScenarioResult> ReadTap(string output)
    {
        const string SkipMark = "SKIP ";
        var results = new Dictionary<string, ScenarioResult>();
        string? failed = null;
        foreach (string line in output.Split('\n'))
        {
            bool ok = line.StartsWith("ok ", StringComparison.Ordinal);
            if (ok || line.StartsWith("not ok ", StringComparison.Ordinal))
            {
                string[] parts = line[(line.IndexOf(" - ", StringComparison.Ordinal) + 3)..].Split(" # ");
                string name = string.Join(" # ", parts[..^1]), note = parts[^1];
                bool skipped = note.StartsWith(SkipMark, StringComparison.Ordinal);
                results[name] = new ScenarioResult(ok ? null : "", skipped ? note[SkipMark.Length..] : null);
                failed = ok ? null : name;
            }
            else if (failed is not null && line.StartsWith("# ", StringComparison.Ordinal))
            {
                results[failed] = results[failed] with { Error = results[failed].Error + line[2..] + "\n" };
            }
        }
        return results;
    }

    /// <param name="Error">What went wrong; null if nothing did.</param>
    /// <param name="Skipped">Why it did not run; null if it did.</param>
    private sealed record ScenarioResult(string? Error, string? Skipped);
}
