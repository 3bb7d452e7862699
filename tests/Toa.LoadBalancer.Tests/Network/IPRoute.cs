using System.Diagnostics;
using System.IO;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Runs iproute2.</summary>
internal static class IPRoute
{
    public static void Run(string arguments) => RunBatch(null, arguments);

    /// <summary>Runs several commands, in a namespace.</summary>
    public static void RunBatch(NetworkNamespace? within, params string[] commands)
    {
        string[] place = within is null ? [] : ["-n", within.Name];
        using Process process = Process.Start(new ProcessStartInfo("ip", [.. place, "-batch", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(string.Join('\n', commands) + "\n");
        process.StandardInput.Close();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new IOException($"ip {string.Join("; ", commands)}: {error.Trim()}");
    }
}
