using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Tasks;
using Toa.Tests.Support;

namespace Toa.Tests.EchoServer;

/// <summary>The echo server as a process of its own, as users run it.</summary>
internal sealed partial class EchoServerProcess : IDisposable
{
    public const int SIGINT = 2;
    public const int SIGTERM = 15;
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private readonly Process _process;

    private EchoServerProcess(string[] arguments)
    {
        // A test run that was started in the background ignores SIGINT, and its children inherit this.
        _process = Process.Start(new ProcessStartInfo("env",
            ["--default-signal=INT,TERM", "dotnet", BuildInformation.Get("EchoServerProgram"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    public static EchoServerProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Reads a line of standard output. Returns null after the last one.</summary>
    public Task<string?> ReadLineAsync() => Deadline.Within(_process.StandardOutput.ReadLineAsync());

    /// <summary>Reads a line of standard error. Returns null after the last one.</summary>
    public Task<string?> ReadErrorLineAsync() => Deadline.Within(_process.StandardError.ReadLineAsync());

    /// <summary>Reads the next endpoint that the server listens on.</summary>
    public async Task<IPEndPoint> ReadListeningAsync()
    {
        const string Prefix = "listening on ";
        string? line = await ReadLineAsync();
        return line is not null && line.StartsWith(Prefix, StringComparison.Ordinal)
            ? IPEndPoint.Parse(line[Prefix.Length..])
            : throw new InvalidDataException($"Not a ready server: '{line}' {await ReadErrorLineAsync()}");
    }

    public void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException($"kill: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Runs an action while the server is stopped by SIGSTOP.</summary>
    public void WhileStopped(Action action)
    {
        Signal(SIGSTOP);
        Deadline.WaitUntil(
            () => Directory.GetDirectories($"/proc/{_process.Id}/task").All(IsStopped), "every thread stands still");
        action();
        Signal(SIGCONT);
    }

    public async Task<int> WaitForExitAsync()
    {
        await Deadline.Within(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    // "pid (name) T …": the name can contain any characters.
    private static bool IsStopped(string task)
    {
        string stat = File.ReadAllText(Path.Combine(task, "stat"), Encoding.UTF8);
        return stat[stat.LastIndexOf(')') + 2] == 'T';
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
