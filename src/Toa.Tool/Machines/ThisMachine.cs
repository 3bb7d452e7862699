using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture;

namespace Toa.Tool.Machines;

/// <summary>The machine that the tool runs on.</summary>
internal sealed class ThisMachine : IMachine
{
    // Far longer than a signal takes: only a program that was killed by itself lets it pass.
    private static readonly TimeSpan OwnSignal = TimeSpan.FromSeconds(10);

    public string Root => "/";

    public TimeProvider Clock => TimeProvider.System;

    public bool IsPrivileged => Environment.IsPrivilegedProcess;

    public ToaProvider DetectProvider() => ToaProvider.Detect();

    public ToaStatistics ReadStatistics() => ToaStatistics.Read();

    public IPacketSource OpenCapture(string? interfaceName) => PacketSocket.Open(interfaceName);

    public IReadOnlyList<BpfProgram> ListBpfPrograms() => BpfPrograms.List();

    public async Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        if (Find(program) is not { } path)
            return ProcessResult.Missing;
        ProcessStartInfo start = new(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // What they say is compared with what they are known to say.
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
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
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
            // Ctrl+C on a terminal and timeout(1) signal the whole process group: then this process has been told to stop
            // as well, and may only not have noticed yet.
            if (result.WasInterrupted && stop.CanBeCanceled)
                await Task.Delay(OwnSignal, stop);
            return result;
        }
    }

    /// <summary>
    /// As a shell would, and never in the current directory, where .NET looks as well; behind PATH, where administrators'
    /// programs are, which sudo and plain users often have not got in it.
    /// </summary>
    private static string? Find(string program) => program.Contains('/')
        ? program
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"])
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
