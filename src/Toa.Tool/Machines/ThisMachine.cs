using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture;

namespace Toa.Tool.Machines;

/// <summary>The machine that the tool runs on.</summary>
internal sealed class ThisMachine : IMachine
{
    public string Root => "/";

    public TimeProvider Clock => TimeProvider.System;

    public bool IsPrivileged => Environment.IsPrivilegedProcess;

    public ToaProvider DetectProvider() => ToaProvider.Detect();

    public IPacketSource OpenCapture(string? interfaceName) => PacketSocket.Open(interfaceName);

    public IReadOnlyList<BpfProgram> ListBpfPrograms() => BpfPrograms.List();

    public async Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        ProcessStartInfo start = new(program, arguments)
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

            return new ProcessResult(process.ExitCode, await output, await error);
        }
    }
}
