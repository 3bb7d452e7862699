using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Threading;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Kernels on which kernel.ftrace_enabled can switch the hooks off, simulated by a test build of the module.</summary>
internal static class SilenceCases
{
    private const string Silent = "the hooks are no longer called";
    private const string Back = "the hooks are called again";

    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.77:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::7:1]:40000");

    public static IEnumerable<Scenario> All() =>
    [
        Scenario.OfModule("hooks that are switched off are told of, in the log and in toa_stats", stage => WithSwitchableHooks(stage, SwitchedOff)),
        Scenario.OfModule("rmmod while the hooks are switched off", stage => WithSwitchableHooks(stage, UnloadSwitchedOff)),
        Scenario.OfModule("a function that another module replaces in the kernel's tables is logged", stage => WithSwitchableHooks(stage, Replaced)),
        Scenario.OfModule("hooks that can be switched off stay quiet while they are on", stage => WithSwitchableHooks(stage, StayQuiet)),
    ];

    private static void SwitchedOff(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        ConnectedPair older = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        KernelLog log = KernelLog.Mark();
        using (SwitchOff(log))
        {
            // Stored addresses are still returned, but nothing happens that depends on the hooks.
            Expectation.Ipv6(s_ipv6, older.Client.Client).CheckAgain(older.Server, older.Client.Server);
            older.Dispose();
            for (int i = 0; i < 100; i++)
            {
                // The new socket is probably at the address of an older one whose client is still stored. It must not get that
                // client.
                using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
                pair.Expect(Expectation.Transport(pair.Client.Client));
                pair.ExpectServed();
            }
            Expect.Equal(1, TableRow.Read().Count, "rows of connections that ended unseen");
        }
        Expect.Eventually(() => log.Since.Contains(Back), () => $"the log does not say that the hooks are back: {log.Since}");
        Expect.Equal(1, Occurrences(log.Since, Silent), "lines that say that they were gone");
        long looks = Counters.Read()["hooks_silent"];

        for (int i = 0; i < 100; i++)
        {
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
            pair.Expect(Expectation.Ipv4(s_ipv4));
        }
        Expect.Equal(looks, Counters.Read()["hooks_silent"], "looks that found silence, after the hooks came back");
    }

    private static void UnloadSwitchedOff(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair open = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        stage.Connect(listener, OptionBytes.Toa(s_ipv4)).Dispose();
        using (SwitchOff(KernelLog.Mark()))
        {
            stage.Provider.Unload();
            KernelLog log = KernelLog.Mark();
            Expect.True(!Faulty(stage).TryLoad("switchable=1"), "the module loaded although its hooks are not called");
            Expect.True(log.Since.Contains("set kernel.ftrace_enabled to 1"), $"the log does not say why: {log.Since}");
        }
        open.ExpectServed();
    }

    private static void Replaced(Stage stage)
    {
        KernelModule other = stage.Other("patched_table");
        KernelLog log = KernelLog.Mark();
        other.Load();
        try
        {
            Expect.Eventually(() => log.Since.Contains("inet_getname was replaced by inet_getname_patched"), () => $"the log does not say so: {log.Since}");
            Expect.Eventually(() => Counters.Read()["hooks_silent"] > 0, () => "hooks_silent does not move");
        }
        finally
        {
            other.Unload();
        }
        Expect.Eventually(() => log.Since.Contains("the kernel's own functions are called again"), () => $"the log does not say that it is back: {log.Since}");
    }

    private static void StayQuiet(Stage stage)
    {
        KernelLog log = KernelLog.Mark();
        Thread.Sleep(3000);
        log.ExpectNothingNew();
        Expect.Equal(0L, Counters.Read()["hooks_silent"], "hooks_silent");
    }

    /// <summary>Switches the hooks off until disposal, and returns when the module has detected it.</summary>
    private static Setting SwitchOff(KernelLog log)
    {
        Setting off;
        try
        {
            off = Setting.Sysctl("kernel/ftrace_enabled", "0");
        }
        catch (IOException)
        {
            throw new ScenarioSkippedException("this kernel does not allow hooks to be switched off");
        }
        try
        {
            Expect.Eventually(() => Counters.Read()["hooks_silent"] > 0, () => "hooks_silent does not move");
            Expect.Eventually(() => log.Since.Contains(Silent), () => $"the log does not say that the hooks are silent: {log.Since}");
            return off;
        }
        catch
        {
            off.Dispose();
            throw;
        }
    }

    private static void WithSwitchableHooks(Stage stage, Action<Stage> action)
    {
        stage.Provider.Unload();
        Faulty(stage).Load("switchable=1");
        try
        {
            action(stage);
        }
        finally
        {
            if (stage.Provider.Loaded)
                stage.Provider.Unload();
        }
        stage.Provider.Load();
    }

    private static int Occurrences(string text, string words) => text.Split(words).Length - 1;

    private static KernelModule Faulty(Stage stage) => new(stage.PathOf("toa-faults.ko"), "toa");
}
