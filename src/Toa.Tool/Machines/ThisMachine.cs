using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
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

    public string Root => "/";

    public TimeProvider Clock => TimeProvider.System;

    public Architecture Architecture => RuntimeInformation.OSArchitecture;

    public bool IsPrivileged => Environment.IsPrivilegedProcess;

    public bool HasTerminal => !Console.IsInputRedirected;

    public ToaProvider DetectProvider() => ToaProvider.Detect();

    public ToaStatistics ReadStatistics() => ToaStatistics.Read();

    public Task<IReadOnlyList<ProbeResult>> ProbeAsync(ProbePlan plan, CancellationToken stop) => Probe.RunAsync(plan, stop);

    public IPacketSource OpenCapture(string? interfaceName, bool withoutOptions = false) =>
        PacketSocket.Open(interfaceName, withoutOptions);

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
            Task<string> output = isOnTerminal ? Task.FromResult("") : process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            Task<string> error = isOnTerminal ? Task.FromResult("") : process.StandardError.ReadToEndAsync(CancellationToken.None);
            if (!isOnTerminal)
                await WriteAsync(process.StandardInput, input);
            try
            {
                await process.WaitForExitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            ProcessResult result = new(process.ExitCode, await output, await error);
            // Ctrl+C on a terminal and timeout(1) signal the whole process group. Then this process got the signal too, but may
            // not have handled it yet.
            if (result.WasInterrupted && stop.CanBeCanceled)
                await Task.Delay(OwnSignal, stop);
            return result;
        }
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
