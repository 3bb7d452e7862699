using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Toa.Diagnostics;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>The eBPF provider, controlled by its loader.</summary>
/// <param name="loader">The loader, toa-bpf.</param>
/// <param name="cgroup">The cgroup of its programs; null means the root.</param>
internal sealed class EbpfProvider(string loader, string? cgroup) : IProvider
{
    private const string Folder = "/sys/fs/bpf/toa";

    /// <summary>Programs can set the errno of a call that they refuse: since Linux 5.18, and in RHEL 9's 5.14.</summary>
    public static bool SetsErrno { get; } = Environment.OSVersion.Version >= new Version(5, 18)
        || File.ReadLines("/proc/kallsyms").Any(line => line.EndsWith(" bpf_set_retval", StringComparison.Ordinal));

    public ToaProviderKind Kind => ToaProviderKind.ToaEbpf;

    public bool Loaded => Directory.Exists(Folder);

    public void Load(params string[] settings)
    {
        (int status, string said) = Run(["load", .. Place, .. settings]);
        if (status != 0)
            throw new ScenarioFailedException($"{loader} load {string.Join(' ', settings)}: {said}");
    }

    public bool TryLoad(params string[] settings) => Run(["load", .. Place, .. settings]).Status == 0;

    public void Unload()
    {
        (int status, string said) = Run(["unload"]);
        if (status != 0)
            throw new ScenarioFailedException($"{loader} unload: {said}");
    }

    /// <summary>Reads the counters of the whole machine, for every process.</summary>
    public string ReadStats(string process) => ReadFile("stats");

    /// <summary>Reads the connections in the network namespace of the calling thread, for every process.</summary>
    public string ReadTable(string process) => ReadFile("table");

    public string ShellCommand => $"{loader} table; {loader} stats";

    /// <summary>Whether this kernel allows the provider's files, according to the command line.</summary>
    public required bool MakesFiles { get; init; }

    public static bool HasFiles => File.Exists(FileOf("stats")) && File.Exists(FileOf("table"));

    public static string FileOf(string name) => $"{Folder}/{name}";

    public string ReadSetting(string name) =>
        Run(["status"]).Said.Split('\n').Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    public void WriteSetting(string name, string value)
    {
        if (Refusal(name, value) is { } said)
            throw new ScenarioFailedException($"{name}={value}: {said}");
    }

    public string? Refusal(string name, string value)
    {
        (int status, string said) = Run(["set", $"{name}={value}"]);
        return status == 0 ? null : said;
    }

    /// <summary>The kernel copies the answers of programs. Without a buffer, it skips the copy, and returns no error.</summary>
    public bool SeesNullPointers => false;

    /// <summary>If programs cannot set the errno, they can only refuse with EFAULT.</summary>
    public int Errno(int errno) =>
        errno == 0 || SetsErrno ? errno : Libc.EFAULT;

    private string ReadFile(string name)
    {
        if (File.Exists(FileOf(name)))
            return File.ReadAllText(FileOf(name));
        (int status, string said) = Run([name]);
        return status == 0 ? said : throw new ScenarioFailedException($"{loader} {name}: {said}");
    }

    private string[] Place => cgroup is null ? [] : ["--cgroup", cgroup];

    private (int Status, string Said) Run(string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(loader, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said);
        }
        catch (Win32Exception exception)
        {
            throw new ScenarioFailedException($"cannot run {loader}: {exception.Message}");
        }
    }
}
