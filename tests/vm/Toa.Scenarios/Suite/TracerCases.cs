using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using Toa.Injector;
using Toa.Scenarios.Endurance;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Tracers of the functions that the module hooks.</summary>
internal static class TracerCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.66:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::6:6]:40000");

    public static IEnumerable<Scenario> All() =>
    [
        Scenario.OfModule("the function tracer sees each call of a hooked function once", EachCallOnce),
        Scenario.OfModule("connections have their clients while a function tracer comes and goes", TracerComesAndGoes),
        Scenario.OfModule("kretprobes on the hooked functions, from before the load on", stage => WithReturnProbes(stage, first: true)),
        Scenario.OfModule("kretprobes on the hooked functions, after the load", stage => WithReturnProbes(stage, first: false)),
        Scenario.OfModule("fentry and fexit programs on the hooked functions, from before the load on", stage => WithBpfTracer(stage, first: true)),
        Scenario.OfModule("fentry and fexit programs on the hooked functions, after the load", stage => WithBpfTracer(stage, first: false)),
        Scenario.OfModule("a livepatch of inet_sock_destruct, from before the load on", stage => WithLivePatch(stage, first: true)),
        Scenario.OfModule("a livepatch of inet_sock_destruct, after the load", stage => WithLivePatch(stage, first: false)),
    ];

    private static void EachCallOnce(Stage stage)
    {
        const int Calls = 7;
        using var ipv4 = new Listener(IPAddress.Any);
        using var dualMode = new Listener(IPAddress.IPv6Any);
        using ConnectedPair hybrid = stage.Connect(ipv4, OptionBytes.Toa(s_ipv4)), plain = stage.Connect(ipv4), mapped = stage.Connect(dualMode, OptionBytes.Toa(s_ipv4));
        foreach ((ConnectedPair pair, string function) in (ReadOnlySpan<(ConnectedPair, string)>)[(hybrid, "inet_getname"), (plain, "inet_getname"), (mapped, "inet6_getname")])
        {
            using FunctionTracer tracer = FunctionTracer.Start(function);
            for (int i = 0; i < Calls; i++)
                _ = pair.Server.PeerName;
            Expect.Equal(Calls, FunctionTracer.CountCalls(function), $"traced calls of {function}");
        }
        using (FunctionTracer.Start("tcp_v4_syn_recv_sock", "inet_sock_destruct"))
        {
            stage.Connect(ipv4, OptionBytes.Toa(s_ipv4)).Dispose();
            Expect.Equal(1, FunctionTracer.CountCalls("tcp_v4_syn_recv_sock"), "traced calls of tcp_v4_syn_recv_sock");
            Expect.Eventually(() => FunctionTracer.CountCalls("inet_sock_destruct") > 0, () => "inet_sock_destruct was not traced");
        }
    }

    private static void TracerComesAndGoes(Stage stage)
    {
        using var traffic = new Traffic(stage);
        for (int i = 0; i < 5; i++)
        {
            using (FunctionTracer.Start(FunctionTracer.OfTheModule))
                traffic.WaitForMore();
            traffic.WaitForMore();
        }
        traffic.Stop();
        Memory.ExpectAllFreed();
    }

    private static void WithReturnProbes(Stage stage, bool first)
    {
        stage.Provider.Unload();
        using ReturnProbes? before = first ? ReturnProbes.Place(FunctionTracer.OfTheModule) : null;
        stage.Provider.Load();
        using (ReturnProbes? after = first ? null : ReturnProbes.Place(FunctionTracer.OfTheModule))
        {
            ExpectClients(stage);
            stage.Provider.Unload();
            stage.Provider.Load();
            ExpectClients(stage);
        }
        ExpectClients(stage);
    }

    /// <summary>Programs at a function are called once for each call, whoever was first.</summary>
    private static void WithBpfTracer(Stage stage, bool first)
    {
        const int Calls = 7, GetName = 1;
        if (Environment.OSVersion.Version < new Version(6, 0))
        {
            ExpectNotTogether(stage, first);
            return;
        }
        stage.Provider.Unload();
        BpfTracer? tracer = first ? BpfTracer.Attach() : null;
        stage.Provider.Load();
        tracer ??= BpfTracer.Attach();
        using (tracer)
            ExpectClients(stage);

        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
        using var counter = BpfTracer.Attach();
        for (int i = 0; i < Calls; i++)
            Expect.Equal(s_ipv4, pair.Server.PeerName, "the name with programs at inet_getname");
        Expect.Equal((Calls, Calls), counter.Detach()[GetName], "calls and returns of inet_getname that programs saw");
        stage.Provider.Unload();
        stage.Provider.Load();
    }

    /// <summary>Before 6.0, the kernel refuses whoever comes second.</summary>
    private static void ExpectNotTogether(Stage stage, bool first)
    {
        if (first)
        {
            stage.Provider.Unload();
            using (BpfTracer.Attach())
                Expect.True(!stage.Provider.TryLoad(), "the module loaded beside fentry programs");
            stage.Provider.Load();
        }
        else
        {
            try
            {
                using var tracer = BpfTracer.Attach();
                throw new ScenarioFailedException("fentry programs were attached beside the module");
            }
            catch (ScenarioSkippedException)
            {
                // That is what the kernel does.
            }
        }
        ExpectClients(stage);
    }

    private static void WithLivePatch(Stage stage, bool first)
    {
        KernelModule patch = stage.Other("livepatched");
        if (!File.Exists(patch.Path))
            throw new ScenarioSkippedException("this kernel has no livepatches, or enables them in another way");
        KernelLog log = KernelLog.Mark();
        stage.Provider.Unload();
        if (first)
            patch.Load();
        stage.Provider.Load();
        if (!first)
            patch.Load();
        try
        {
            if (log.Since.Contains("transition may never complete"))
                throw new ScenarioSkippedException("this kernel cannot read its tasks' stacks, so a livepatch may never be complete");
            Expect.Eventually(() => File.ReadAllText(PatchFolder + "transition").Trim() == "0", () => "the transition to the livepatch does not end");
            ExpectClients(stage);
            Expect.True(int.Parse(patch.ReadSetting("calls"), CultureInfo.InvariantCulture) > 0, "the livepatch was not called");
            Memory.ExpectAllFreed();
            stage.Provider.Unload();
            stage.Provider.Load();
            ExpectClients(stage);
        }
        finally
        {
            File.WriteAllText(PatchFolder + "enabled", "0");
            // Once the transition has ended, the folder is removed.
            Expect.Eventually(() => !Directory.Exists(PatchFolder), () => "the transition from the livepatch does not end");
            patch.Unload();
        }
        ExpectClients(stage);
        Memory.ExpectAllFreed();
    }

    private const string PatchFolder = "/sys/kernel/livepatch/livepatched/";

    private static void ExpectClients(Stage stage)
    {
        using var ipv4 = new Listener(IPAddress.Any);
        using var dualMode = new Listener(IPAddress.IPv6Any);
        using ConnectedPair hybrid = stage.Connect(ipv4, OptionBytes.Toa(s_ipv4)), nat64 = stage.Connect(dualMode, OptionBytes.Toa(s_ipv6)), mapped = stage.Connect(dualMode, OptionBytes.Toa(s_ipv4));
        hybrid.Expect(Expectation.Ipv4(s_ipv4));
        nat64.Expect(Expectation.Ipv6(s_ipv6, nat64.Client.Client));
        mapped.Expect(Expectation.Ipv4(s_ipv4));
        hybrid.ExpectServed();
    }

    /// <summary>Kretprobes with an event for each return, until disposal.</summary>
    private sealed class ReturnProbes(string[] functions) : IDisposable
    {
        private const string Events = "/sys/kernel/debug/tracing/kprobe_events";
        private const string Enabled = "/sys/kernel/debug/tracing/events/toa_test/enable";

        public static ReturnProbes Place(string[] functions)
        {
            if (!File.Exists(Events))
                throw new ScenarioSkippedException("this kernel has no kprobe events");
            foreach (string function in functions)
                File.AppendAllText(Events, $"r:toa_test/{function} {function}\n");
            File.WriteAllText(Enabled, "1");
            return new ReturnProbes(functions);
        }

        public void Dispose()
        {
            File.WriteAllText(Enabled, "0");
            foreach (string function in functions)
                File.AppendAllText(Events, $"-:toa_test/{function}\n");
        }
    }

    /// <summary>fentry and fexit programs on the functions that the module hooks, until disposal.</summary>
    private sealed class BpfTracer : IDisposable
    {
        private readonly Process _process;

        private BpfTracer(Process process) => _process = process;

        public static BpfTracer Attach()
        {
            var process = Process.Start(new ProcessStartInfo("trace-hooked") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            string? line = process.StandardOutput.ReadLine();
            if (line == "attached")
                return new BpfTracer(process);
            process.WaitForExit();
            process.Dispose();
            throw new ScenarioSkippedException($"this kernel refuses fentry programs: error {line}");
        }

        /// <summary>Returns the number of calls and of returns for each function, in the order of the tracer.</summary>
        public (int Calls, int Returns)[] Detach()
        {
            _process.StandardInput.Close();
            string[] lines = _process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. lines.Select(line => line.Split(' ')).Select(counts => (int.Parse(counts[0], CultureInfo.InvariantCulture), int.Parse(counts[1], CultureInfo.InvariantCulture)))];
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
