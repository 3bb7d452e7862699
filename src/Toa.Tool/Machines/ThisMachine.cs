using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture;
using Toa.Tool.Probing;

namespace Toa.Tool.Machines;

/// <summary>The machine that the tool runs on.</summary>
internal sealed class ThisMachine : IMachine
{
    // Much longer than the delivery of a signal: it elapses only if the signal went to the program alone.
    private static readonly TimeSpan OwnSignal = TimeSpan.FromSeconds(10);

    // More than the rules of a large Kubernetes node.
    private const int LongestOutput = 64 << 20;

    public string Root => "/";

    public TimeProvider Clock => TimeProvider.System;

    public Architecture Architecture => RuntimeInformation.OSArchitecture;

    public bool IsPrivileged => Environment.IsPrivilegedProcess;

    public bool HasTerminal => !Console.IsInputRedirected;

    public ToaProvider DetectProvider() => ToaProvider.Detect();

    public ToaStatistics ReadStatistics() => ToaStatistics.Read();

    public Task<IReadOnlyList<ProbeResult>> ProbeAsync(ProbePlan plan, CancellationToken stop) =>
        plan.Listener is { } listener ? ListenerProbe.RunAsync(this, plan, listener, stop) : Probe.RunAsync(plan, stop);

    public IPacketSource OpenCapture(string? interfaceName, bool withoutOptions = false) =>
        PacketSocket.Open(interfaceName, withoutOptions);

    public bool DefersAccept(Listener listener) => ListenerSocket.DefersAccept(listener);

    public IPacketSample OpenSample(string? interfaceName, SampleFilter filter) => PacketSample.Open(interfaceName, filter);

    public IReadOnlyList<BpfProgram> ListBpfPrograms() => BpfPrograms.List();

    public Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop, string input = "") =>
        RunAsync(program, arguments, isOnTerminal: false, input, stop);

    public Task<ProcessResult> RunOnTerminalAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop) =>
        RunAsync(program, arguments, isOnTerminal: true, "", stop);

    private static async Task<ProcessResult> RunAsync(
        string program, IReadOnlyList<string> arguments, bool isOnTerminal, string input, CancellationToken stop)
    {
        if (Find(program) is not { } path)
            return ProcessResult.Missing;
        ProcessStartInfo start = new(path, arguments)
        {
            RedirectStandardInput = !isOnTerminal,
            RedirectStandardOutput = !isOnTerminal,
            RedirectStandardError = !isOnTerminal,
            // Their messages are compared with the English ones.
            Environment = { ["LC_ALL"] = "C" },
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return ProcessResult.Missing;
        }

        using (process)
        {
            Task<(string Text, bool IsCut)> nothing = Task.FromResult(("", false));
            Task<(string Text, bool IsCut)> output = isOnTerminal ? nothing : ReadAsync(process.StandardOutput);
            Task<(string Text, bool IsCut)> error = isOnTerminal ? nothing : ReadAsync(process.StandardError);
            if (!isOnTerminal)
                await WriteAsync(process.StandardInput, input);
            ProcessResult result;
            try
            {
                await process.WaitForExitAsync(stop);
                // A process that it started and that goes on can keep the outputs open.
                (string text, bool isCut) = await output.WaitAsync(stop);
                result = new(process.ExitCode, text, (await error.WaitAsync(stop)).Text) { IsCut = isCut };
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            // Ctrl+C on a terminal and timeout(1) signal the whole process group. Then this process got the signal too, but may
            // not have handled it yet.
            if (result.WasInterrupted && stop.CanBeCanceled)
                await Task.Delay(OwnSignal, stop);
            return result;
        }
    }

    // The rest is read too, so that the program can end.
    private static async Task<(string Text, bool IsCut)> ReadAsync(StreamReader reader)
    {
        StringBuilder text = new();
        char[] buffer = new char[16 << 10];
        bool isCut = false;
        while (await reader.ReadAsync(buffer.AsMemory(), CancellationToken.None) is > 0 and int length)
        {
            isCut |= text.Length + length > LongestOutput;
            if (!isCut)
                text.Append(buffer, 0, length);
        }

        return (text.ToString(), isCut);
    }

    private static async Task WriteAsync(StreamWriter writer, string input)
    {
        try
        {
            await writer.WriteAsync(input);
            writer.Close();
        }
        // The program has ended before it read its input. Its exit status says more.
        catch (IOException)
        {
        }
    }

    /// <summary>
    /// Searches PATH as a shell does, and never the current directory, which .NET also searches. After PATH it searches the
    /// folders of administrators' programs, which PATH of sudo and of normal users often does not contain.
    /// </summary>
    private static string? Find(string program) => program.Contains('/')
        ? program
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"])
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
