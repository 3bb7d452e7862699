using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Internal;
using Toa.Tests.Support;
using Toa.Tool.Capture;
using Toa.Tool.Probing;
using Toa.Tool.Machines;

namespace Toa.Tool.Tests.Support;

/// <summary>A machine that consists of files in its own folder, packets, and programs with fixed answers.</summary>
internal sealed class FakeMachine : IMachine, IDisposable
{
    public const string Release = "6.12.9-test";

    public const string Inert = "The command line was not refused: the command began.";

    private readonly List<(string Call, ProcessResult Result)> _programs = [];

    private TimeProvider _clock = new InstantClock();

    public FakeMachine()
    {
        Root = Directory.CreateTempSubdirectory("toa-machine-").FullName;
        Write("proc/sys/kernel/osrelease", Release + "\n");
        Write("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        Write("proc/modules", "").Write("proc/net/tcp", "  sl  local_address rem_address   st …\n");
        Write("sys/firmware/acpi/tables/FACP", "").Write("sys/kernel/security/lsm", "capability").Write("sys/module/kernel/parameters/panic", "0\n");
    }

    public string Root { get; }

    /// <summary>Whether everything except parsing the command line fails.</summary>
    public bool IsInert { get; init; }

    public TimeProvider Clock
    {
        get => IsInert ? throw new InvalidOperationException(Inert) : _clock;
        set => _clock = value;
    }

    public Architecture Architecture { get; set; } = Architecture.X64;

    public bool IsPrivileged { get; set; } = true;

    public bool HasTerminal { get; set; }

    /// <summary>The socket options that the provider answers.</summary>
    public ProviderAnswers Answers { get; set; }

    /// <summary>The pinned maps of the eBPF provider, if it cannot create files.</summary>
    public FakeMaps Maps { get; } = new();

    /// <summary>The packets for the capture.</summary>
    public List<byte[]> Packets { get; } = [];

    /// <summary>Called after the capture has received all packets.</summary>
    public Action AfterPackets { get; set; } = () => { };

    public CannotLookException? CaptureProblem { get; set; }

    public CannotLookException? BpfProblem { get; set; }

    public List<BpfProgram> BpfPrograms { get; } = [];

    /// <summary>Called after a program has run, with its call, to change the machine.</summary>
    public Action<string> AfterRun { get; set; } = _ => { };

    /// <summary>The programs that were run, with their arguments.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The programs that were run without a way to end them.</summary>
    public List<string> EndlessCalls { get; } = [];

    /// <summary>The standard inputs of the programs that got one.</summary>
    public List<string> Inputs { get; } = [];

    public ToaProvider DetectProvider() => ToaProvider.Detect(new HostFiles(Root), Answers);

    public ToaStatistics ReadStatistics() => ToaStatistics.Read(new HostFiles(Root), Maps, () => Answers.Info);

    /// <summary>The result of test connections; null if they cannot be made.</summary>
    public IReadOnlyList<ProbeResult>? Probe { get; set; }

    /// <summary>The last plan of test connections.</summary>
    public ProbePlan? ProbePlan { get; private set; }

    public Task<IReadOnlyList<ProbeResult>> ProbeAsync(ProbePlan plan, CancellationToken stop)
    {
        ProbePlan = plan;
        return Probe is null ? throw new CannotLookException($"No namespaces.", $"Run it as root.") : Task.FromResult(Probe);
    }

    public IPacketSource OpenCapture(string? interfaceName, bool withoutOptions = false) => CaptureProblem is null ? new FakePackets(this) : throw CaptureProblem;

    /// <summary>The ports of listeners with TCP_DEFER_ACCEPT; null if the kernel cannot say.</summary>
    public IReadOnlyList<int>? DeferringPorts { get; set; } = [];

    /// <summary>The inode numbers of listeners that cannot be asked.</summary>
    public IReadOnlyList<string> SilentListeners { get; set; } = [];

    public bool DefersAccept(Listener listener) => SilentListeners.Contains(listener.Inode)
        ? throw new CannotLookException($"{listener} is silent.", $"Be root.")
        : DeferringPorts?.Contains(listener.End.Port) ?? throw new CannotLookException($"Not known.", $"Be root.");

    /// <summary>Opens the packets of a sample, with the name of the interface and the first filter.</summary>
    public Func<string?, SampleFilter, IPacketSample>? Sample { get; set; }

    public IPacketSample OpenSample(string? interfaceName, SampleFilter filter) =>
        CaptureProblem is null && Sample is not null
            ? Sample(interfaceName, filter)
            : throw CaptureProblem ?? new CannotLookException($"No packets.", $"Run toa as root.");

    public IReadOnlyList<BpfProgram> ListBpfPrograms() => BpfProblem is null ? BpfPrograms : throw BpfProblem;

    public Task<ProcessResult> RunOnTerminalAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop) =>
        HasTerminal ? RunAsync(program, arguments, stop) : throw new InvalidOperationException("There is no terminal.");

    public Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop, string input = "")
    {
        if (input.Length > 0)
            Inputs.Add(input);
        if (IsInert)
            throw new InvalidOperationException(Inert);
        string call = string.Join(' ', [program, .. arguments]);
        Calls.Add(call);
        if (!stop.CanBeCanceled)
            EndlessCalls.Add(call);
        int at = _programs.FindIndex(known => call.StartsWith(known.Call, StringComparison.Ordinal));
        if (at < 0)
            return Task.FromResult(ProcessResult.Missing);
        ProcessResult result = _programs[at].Result;
        // The last answer is repeated.
        if (_programs.Skip(at + 1).Any(other => other.Call == _programs[at].Call))
            _programs.RemoveAt(at);
        AfterRun(call);
        return Task.FromResult(result);
    }

    /// <summary>
    /// Adds the answer to calls that begin with this text. Several answers to the same call are used in turn.
    /// </summary>
    public FakeMachine Program(string call, string output = "", int exitCode = 0, string error = "")
    {
        _programs.Add((call, new ProcessResult(exitCode, output, error)));
        return this;
    }

    public FakeMachine Write(string path, string text) => Write(path, file => File.WriteAllText(file, text));

    public FakeMachine Write(string path, byte[] bytes) => Write(path, file => File.WriteAllBytes(file, bytes));

    /// <summary>A file that exists, but cannot be read, not even by root.</summary>
    public FakeMachine WriteUnreadable(string path)
    {
        if (File.Exists(Path.Combine(Root, path)))
            File.Delete(Path.Combine(Root, path));
        // Reading a folder as a file fails with the same error as a missing privilege.
        Directory.CreateDirectory(Path.Combine(Root, path));
        return this;
    }

    public FakeMachine Remove(string path)
    {
        Directory.Delete(Path.Combine(Root, path), recursive: true);
        return this;
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>A process that holds sockets.</summary>
    public FakeMachine Process(int id, string name, params string[] inodes)
    {
        Write($"proc/{id}/comm", name + "\n");
        Directory.CreateDirectory(Path.Combine(Root, $"proc/{id}/fd"));
        for (int i = 0; i < inodes.Length; i++)
            File.CreateSymbolicLink(Path.Combine(Root, $"proc/{id}/fd/{i}"), $"socket:[{inodes[i]}]");
        return this;
    }

    /// <summary>Listening sockets: the address and the inode of each.</summary>
    public FakeMachine Listen(params string[] sockets)
    {
        string Lines(bool isIPv6) => "  sl  local_address rem_address   st …\n" + string.Concat(sockets
            .Select(socket => socket.Split(' ')).Where(words => words[0].StartsWith('[') == isIPv6)
            .Select((words, i) => $"   {i}: {Hex(IPEndPoint.Parse(words[0]))} {(isIPv6 ? new string('0', 32) : "00000000")}:0000 0A "
                + $"00000000:00000000 00:00000000 00000000     0        0 {words[1]} 1 0000000000000000 100 0 0 10 0\n"));
        return Write("proc/net/tcp", Lines(isIPv6: false)).Write("proc/net/tcp6", Lines(isIPv6: true));
    }

    /// <summary>Loads the module of this project.</summary>
    public FakeMachine WithModule(string trusted = "10.0.0.0/8", string counters = "syn_recv_sock_toa: 0 0\nsyn_recv_sock_no_toa: 0 0\nhooks_silent: 0 0\n")
    {
        Answers = new ProviderAnswers(Lookup: true, Info: true);
        return Write("proc/modules", "toa 65536 0 - Live 0x0\ntun 65536 2 - Live 0x0\n")
            .Write("proc/net/toa_stats", counters)
            .Write("proc/sys/kernel/ftrace_enabled", "1\n")
            .Write("sys/module/toa/parameters/nat64_getpeername", "N\n")
            .Write("sys/module/toa/parameters/trusted", trusted + "\n")
            .Write("sys/module/toa/parameters/formats", "tencent\n");
    }

    /// <summary>Loads the eBPF provider of this project.</summary>
    public FakeMachine WithEbpf(string trusted = "10.0.0.0/8", string counters = "syn_recv_sock_toa: 0 0\n", string complaint = "")
    {
        Answers = new ProviderAnswers(Lookup: true, Info: true);
        return Write("sys/fs/bpf/toa/stats", counters).Write("sys/fs/cgroup/games.slice/cgroup.procs", "")
            .Write("proc/self/mounts", "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")
            .Program(
                "toa-bpf status",
                $"loaded=Y\ntrusted={trusted}\nformats=tencent\nsyn=N\ncgroup=/sys/fs/cgroup/games.slice\n",
                complaint.Length > 0 ? 1 : 0, complaint);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>An end as /proc/net/tcp shows it.</summary>
    public static string Hex(IPEndPoint end) =>
        string.Concat(MemoryMarshal.Cast<byte, uint>(end.Address.GetAddressBytes()).ToArray().Select(word => word.ToString("X8", CultureInfo.InvariantCulture)))
        + $":{end.Port:X4}";

    private FakeMachine Write(string path, Action<string> write)
    {
        string file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        write(file);
        return this;
    }

    private sealed class FakePackets(FakeMachine machine) : IPacketSource
    {
        private int _next;

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
        {
            if (_next == machine.Packets.Count)
            {
                machine.AfterPackets();
                await Task.Delay(Timeout.Infinite, stop);
            }

            byte[] packet = machine.Packets[_next++];
            packet.CopyTo(buffer);
            return packet.Length;
        }

        public uint TakeDropped() => 0;

        public void Dispose()
        {
        }
    }
}
