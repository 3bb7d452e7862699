using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture;
using Toa.Tool.Machines;
using Toa.Tool.Probing;

namespace Toa.Tool.Doctor;

/// <summary>
/// A machine on which a program that does not end counts as failed: it can hang on a lock or on a network file system, and the
/// other findings must not be lost with it.
/// </summary>
internal sealed class TimeLimitedMachine(IMachine machine, TimeSpan longest) : IMachine
{
    // As timeout(1).
    private const int TimedOut = 124;

    /// <summary>More than dkms and modinfo need on a busy machine.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(60);

    public string Root => machine.Root;

    public TimeProvider Clock => machine.Clock;

    public Architecture Architecture => machine.Architecture;

    public bool IsPrivileged => machine.IsPrivileged;

    public bool HasTerminal => machine.HasTerminal;

    public async Task<ProcessResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken stop, string input = "")
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(longest);
        try
        {
            return await machine.RunAsync(program, arguments, late.Token, input);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            string seconds = longest.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return new ProcessResult(TimedOut, "", $"{program} did not end in {seconds} seconds");
        }
    }

    public ToaProvider DetectProvider() => machine.DetectProvider();

    public ToaStatistics ReadStatistics() => machine.ReadStatistics();

    public Task<ProcessResult> RunOnTerminalAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop) =>
        machine.RunOnTerminalAsync(program, arguments, stop);

    public IPacketSource OpenCapture(string? interfaceName, bool withoutOptions = false) => machine.OpenCapture(interfaceName, withoutOptions);

    public IPacketSample OpenSample(string? interfaceName, SampleFilter filter) => machine.OpenSample(interfaceName, filter);

    public Task<IReadOnlyList<ProbeResult>> ProbeAsync(ProbePlan plan, CancellationToken stop) => machine.ProbeAsync(plan, stop);

    public bool DefersAccept(Listener listener) => machine.DefersAccept(listener);

    public IReadOnlyList<BpfProgram> ListBpfPrograms() => machine.ListBpfPrograms();
}
