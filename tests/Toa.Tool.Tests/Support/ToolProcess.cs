using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;
using Toa.Tests.Support;

namespace Toa.Tool.Tests.Support;

/// <summary>The tool as a process of its own.</summary>
internal static class ToolProcess
{
    private static readonly string Program = typeof(ToaCommand).Assembly.Location;

    public static Task<Run> RunAsync(params string[] arguments) => StartAsync("dotnet", [Program, .. arguments]);

    /// <summary>
    /// Runs a script in a shell, where $TOA is the command line of the tool. SIGINT has its default action there, even if this
    /// process ignores it. A shell makes its background commands ignore SIGINT.
    /// </summary>
    public static Task<Run> ShellAsync(string script) =>
        StartAsync("env", ["--default-signal=INT", "bash", "-c", $"TOA='dotnet {Program}'; {script}"]);

    /// <summary>
    /// Runs a script as root in new network, mount and process namespaces, with an empty /run. Tests of other copies can do the
    /// same at the same time, and nothing remains after a test.
    /// </summary>
    public static Task<Run> AloneAsync(string script)
    {
        Machine.Demand("root", "namespaces", "tun", "veth", "ipv6");
        return ShellAsync(
            "export TOA; exec timeout -s KILL 540 unshare --net --mount --pid --fork --kill-child --mount-proc "
            + $"bash -c {Quote("mount -t tmpfs none /run; ip link set lo up; " + script)}");
    }

    /// <summary>
    /// Returns a shell command that runs a command on a terminal until a text appears, then types Ctrl+C, and prints the
    /// status.
    /// </summary>
    public static string InterruptedOnTerminal(string command, string shown) =>
        $"keys=$(mktemp -u); mkfifo $keys; TERM=xterm script -qec \"exec {command}\" /dev/null <$keys | {{ exec 3>$keys; "
        + $"while IFS= read -r line; do echo \"$line\"; [[ $line == *{Quote(shown)}* ]] && break; done; printf '\\003' >&3; cat; }}; "
        + "echo status ${PIPESTATUS[0]}; rm $keys; ";

    private static string Quote(string script) => $"'{script.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static async Task<Run> StartAsync(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" }, // English messages
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        try
        {
            await Deadline.Within(process.WaitForExitAsync());
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"It did not end. Its output: {await output}{await error}");
        }

        return new Run(process.ExitCode, await output, await error);
    }
}
