using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Diagnostics;
using Toa.Internal;
using Toa.Tests.Support;
using Toa.Tool.Capture;
using Toa.Tool.Machines;
using Toa.Tool.Probing;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>
/// A real listener, created in one cgroup and held by a process in another. Only the provider's loader is simulated.
/// </summary>
public sealed class ServedListenersTests : IDisposable
{
    private readonly List<string> _cgroups = [];

    private Process? _process;

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        foreach (string cgroup in Enumerable.Reverse(_cgroups))
            Deadline.WaitUntil(() => TryRemove(cgroup), $"{cgroup} is empty");
    }

    [SkippableFact]
    public async Task A_listener_keeps_the_cgroup_in_which_it_was_made()
    {
        Machine.Demand("root", "cgroup");
        string mount = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).First(words => words[2] == "cgroup2")[1];
        string name = $"/toa-doctor-{Guid.NewGuid():N}";
        string all = Make(mount + name), made = Make(all + "/made"), held = Make(all + "/held");
        IPEndPoint end = await ListenAsync(made);
        string port = $"{end.Port}";
        Enter(held);

        Diagnosis found = await Diagnosis.OfAsync(new ServingMachine(held), "--port", port, "--seconds", "0");
        Diagnosis servedAsWell = await Diagnosis.OfAsync(new ServingMachine(all), "--port", port, "--seconds", "0");
        Enter(made);
        Diagnosis heldElsewhere = await Diagnosis.OfAsync(new ServingMachine(held), "--port", port, "--seconds", "0");

        found["TOA308"].Seen.Should().StartWith($"{end} of ")
            .And.Contain($" (process {_process!.Id}, in {name}/held) was created in {name}/made. The provider serves only sockets that were created in {held}.");
        servedAsWell.Ids.Should().Contain("TOA602").And.NotContain("TOA308");
        heldElsewhere.Ids.Should().Contain("TOA602").And.NotContain("TOA308");
    }

    private string Make(string cgroup)
    {
        Directory.CreateDirectory(cgroup);
        _cgroups.Add(cgroup);
        return cgroup;
    }

    private void Enter(string cgroup) => File.WriteAllText(cgroup + "/cgroup.procs", $"{_process!.Id}");

    private async Task<IPEndPoint> ListenAsync(string cgroup)
    {
        string command = $"echo $$ > {cgroup}/cgroup.procs && exec dotnet {typeof(ToaCommand).Assembly.Location} listen 127.0.0.1:0 --json";
        _process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true })!;
        string? line = await Deadline.Within(_process.StandardOutput.ReadLineAsync());
        return IPEndPoint.Parse(JsonDocument.Parse(line!).RootElement.GetProperty("local").GetString()!);
    }

    // The kernel empties a cgroup a moment after its last process has ended.
    private static bool TryRemove(string cgroup)
    {
        try
        {
            Directory.Delete(cgroup);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>This machine, with an eBPF provider that serves a cgroup.</summary>
    private sealed class ServingMachine(string cgroup) : IMachine
    {
        private readonly ThisMachine _machine = new();

        public string Root => _machine.Root;

        public TimeProvider Clock { get; } = new InstantClock();

        public Architecture Architecture => _machine.Architecture;

        public bool IsPrivileged => _machine.IsPrivileged;

        public bool HasTerminal => false;

        public ToaProvider DetectProvider() => ToaProvider.Detect(new HostFiles(Root), new ProviderAnswers(Lookup: true, Info: true));

        public ToaStatistics ReadStatistics() => throw new FileNotFoundException();

        public IPacketSource OpenCapture(string? interfaceName, bool withoutOptions = false) => throw new CannotLookException($"Not asked for.", $"");

        public IPacketSample OpenSample(string? interfaceName, SampleFilter filter) => throw new NotSupportedException();

        public Task<IReadOnlyList<ProbeResult>> ProbeAsync(ProbePlan plan, CancellationToken stop) => throw new NotSupportedException();

        public IReadOnlyList<BpfProgram> ListBpfPrograms() => [];

        public bool DefersAccept(Listener listener) => false;

        public Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop, string input = "") =>
            program == "toa-bpf"
                ? Task.FromResult(new ProcessResult(0, $"loaded=Y\ntrusted=10.0.0.0/8\ncgroup={cgroup}\n", ""))
                : _machine.RunAsync(program, arguments, stop, input);

        public Task<ProcessResult> RunOnTerminalAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop) =>
            throw new NotSupportedException();
    }
}
