using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;
using Toa.Tool.Commands;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>The texts of a bundle that describe the machine and its providers.</summary>
internal sealed class MachineParts(Examination examination, List<BundleGap> gaps, CancellationToken stop)
{
    /// <summary>The connections that are listed: more do not show more, and a busy server has millions.</summary>
    public const int MostConnections = 1000;

    private const int MostBuildLogs = 4;

    private const string ModuleState = "sys/module/toa", DkmsTree = "var/lib/dkms/toa";

    private static readonly string[] LimitsOfKernel =
    [
        "kernel/tainted", "kernel/ftrace_enabled", "kernel/modules_disabled", "kernel/unprivileged_bpf_disabled", "net/core/bpf_jit_enable",
        "net/ipv4/tcp_syncookies", "net/ipv4/tcp_fastopen", "net/mptcp/enabled",
    ];

    private static readonly string[] ModprobeFolders = ["etc/modprobe.d", "run/modprobe.d", "lib/modprobe.d"];

    private readonly IMachine _machine = examination.Machine;

    /// <summary>Kernel, distribution, security modules and cgroups.</summary>
    public string System(string name)
    {
        Transcript text = Begin(name)
            .AddFile("proc/sys/kernel/osrelease").AddFile("proc/sys/kernel/version").AddFile("proc/version").AddFile("etc/os-release")
            .AddFile("sys/kernel/security/lsm").AddFile("sys/kernel/security/lockdown")
            .AddFile("proc/self/cgroup").AddFile("sys/fs/cgroup/cgroup.controllers")
            .AddFile("proc/self/mounts", mounts => Lines(
                mounts, line => ((string[])[" cgroup ", " cgroup2 ", " bpf ", " tracefs ", " securityfs "]).Any(line.Contains)));
        foreach (string limit in LimitsOfKernel)
            text.AddFile($"proc/sys/{limit}");
        return text.ToString();
    }

    /// <summary>The module: loaded, installed, and in DKMS.</summary>
    public async Task<string> ModuleAsync(string name)
    {
        Transcript text = Begin(name).AddFolder($"{ModuleState}/parameters");
        foreach (string file in (string[])["version", "srcversion", "refcnt", "taint", "initstate", "coresize"])
            text.AddFile($"{ModuleState}/{file}");
        await text.AddProgramAsync("modinfo", "toa");
        text.Add("dkms", ["status", "-m", "toa"], examination.Dkms);
        foreach (string log in BuildLogs())
            text.AddFile(log);
        return text.ToString();
    }

    /// <summary>The eBPF provider, and other eBPF programs.</summary>
    public async Task<string> EbpfAsync(string name)
    {
        Transcript text = Begin(name);
        await text.AddProgramAsync("toa-bpf", "status");
        await text.AddProgramAsync("systemctl", "show", "toa-bpf", "--property=LoadState,ActiveState,SubState,Result,UnitFileState,DropInPaths");
        const string Programs = "bpftool prog (those at the hooks of TOA)";
        try
        {
            text.Add($"ls /{EbpfPins.Folder}", string.Join('\n', _machine.List(EbpfPins.Folder).DefaultIfEmpty("(does not exist)")));
            text.Add(Programs, string.Join(
                '\n', _machine.ListBpfPrograms().Select(program => $"{program} {program.Hook}").DefaultIfEmpty("(no program)")));
        }
        catch (CannotLookException e)
        {
            text.Miss(Programs, e.What, e.Cure);
        }

        return text.ToString();
    }

    /// <summary>The settings for each boot. Comments are left out, because they can have anything, and so are other variables.</summary>
    public string Settings(string name)
    {
        Transcript text = Begin(name);
        foreach (string folder in ModprobeFolders)
        {
            foreach (string file in Files(name, folder).Where(file => file.EndsWith(".conf", StringComparison.Ordinal)))
            {
                string path = $"{folder}/{file}", ours = "";
                try
                {
                    ours = Lines(WithoutComments(_machine.ReadText(path) ?? ""), line => line.Split(' ', '\t').Contains("toa"));
                }
                catch (CannotLookException e)
                {
                    text.Miss($"grep toa /{path}", e.What, e.Cure);
                }

                if (ours.Length > 0)
                    text.Add($"grep toa /{path}", ours);
            }
        }

        return text.AddFile("etc/modules-load.d/toa.conf", WithoutComments).AddFile("usr/lib/modules-load.d/toa.conf", WithoutComments)
            .AddFile("etc/default/toa-bpf", file => Lines(file, line => line.StartsWith("TOA_", StringComparison.Ordinal)))
            .ToString();
    }

    /// <summary>The kernel's log lines of this project and about it.</summary>
    public async Task<string> KernelLogAsync(string name)
    {
        ProcessResult log = await _machine.RunAsync("dmesg", [], stop);
        if (!log.IsFine)
        {
            gaps.Add(new BundleGap(name, log.IsMissing
                ? (Message)$"dmesg is not installed."
                : $"{log.Complaint.TrimEnd('.')}. {Privilege.Cure(_machine)}"));
            return "";
        }

        return Begin(name).Add("dmesg | grep TOA", Lines(log.Output, KernelLog.IsAboutUs)).ToString();
    }

    /// <summary>The first lines of the table of connections, as the provider shows them.</summary>
    /// <returns>The text, and the number of all connections.</returns>
    public async Task<(string Text, int Count)> TableAsync(string name)
    {
        try
        {
            string? file = ProviderFiles.Tables.FirstOrDefault(_machine.Exists);
            return file is not null
                ? Begin(File.ReadLines(_machine.PathOf(file)))
                : Begin((await ProviderFiles.ReadTableAsync(_machine, stop)).Split('\n'));
        }
        catch (Exception e) when (e is ToolException or IOException or UnauthorizedAccessException)
        {
            gaps.Add(new BundleGap(name, $"{e.Message}"));
            return ("", 0);
        }

        // The first line names the columns.
        static (string, int) Begin(IEnumerable<string> lines)
        {
            List<string> shown = [];
            int count = 0;
            foreach (string line in lines.Where(line => line.Length > 0))
            {
                bool isConnection = line.Any(char.IsDigit);
                count += isConnection ? 1 : 0;
                if (count <= MostConnections)
                    shown.Add(line);
            }

            return (string.Concat(shown.Select(line => line + "\n")), count);
        }
    }

    private static bool IsComment(string line) => line.TrimStart() is "" or ['#' or ';', ..];

    private static string Lines(string text, Func<string, bool> isShown) => string.Join('\n', text.Split('\n').Where(isShown));

    private static string WithoutComments(string text) => string.Join(
        '\n', text.Split('\n').Where(line => !IsComment(line)).Select(BeforeComment));

    private static string BeforeComment(string line) => line.IndexOf(" #", StringComparison.Ordinal) is >= 0 and int at ? line[..at].TrimEnd() : line;

    private Transcript Begin(string name) => new(_machine, name, gaps, stop);

    private IReadOnlyList<string> Files(string name, string folder)
    {
        try
        {
            return _machine.List(folder);
        }
        catch (CannotLookException e)
        {
            gaps.Add(new BundleGap(name, $"{e.What} {e.Cure}"));
            return [];
        }
    }

    // VERSION/build/make.log is the log of a failed build; VERSION/KERNEL/ARCHITECTURE/log/make.log that of a finished one.
    private IEnumerable<string> BuildLogs()
    {
        try
        {
            return [.. _machine.List(DkmsTree).SelectMany(version => LogsOf($"{DkmsTree}/{version}"))
                .OrderByDescending(path => File.GetLastWriteTimeUtc(_machine.PathOf(path))).ThenBy(path => path, StringComparer.Ordinal)
                .Take(MostBuildLogs)];
        }
        catch (CannotLookException)
        {
            // dkms status has reported that.
            return [];
        }
    }

    private IEnumerable<string> LogsOf(string version) =>
        _machine.List(version).SelectMany(kernel => Directory.Exists(_machine.PathOf($"{version}/{kernel}"))
                ? _machine.List($"{version}/{kernel}").Select(architecture => $"{version}/{kernel}/{architecture}/log/make.log")
                : [])
            .Prepend($"{version}/build/make.log").Where(path => File.Exists(_machine.PathOf(path)));
}
