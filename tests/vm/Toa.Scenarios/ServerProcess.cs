using System;
using System.Collections.Concurrent;
using System.Diagnostics;

namespace Toa.Scenarios;

/// <summary>A server that says where it listens, and then prints a line for each client.</summary>
internal sealed class ServerProcess : IDisposable
{
    // Milliseconds. Only a failing run comes near it.
    private const int Patience = 60_000;

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];

    /// <summary>Returns once it has said so for each of its listeners.</summary>
    public ServerProcess(string path, string[] arguments, int listeners = 1)
    {
        _process = new Process { StartInfo = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true } };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                _lines.Add(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        for (int i = 0; i < listeners; i++)
            Expect.True(NextLine().StartsWith("listening on ", StringComparison.Ordinal), "the server did not say where it listens");
    }

    /// <summary>Waits a minute at the most.</summary>
    public string NextLine() => _lines.TryTake(out string? line, Patience)
        ? line
        : throw new ScenarioFailedException("the server printed nothing more within a minute");

    /// <summary>SIGTERM; the exit code.</summary>
    public int Stop()
    {
        using (Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]))
            kill.WaitForExit();
        Expect.True(_process.WaitForExit(Patience), "the server did not end on SIGTERM");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        // Until then it has its ports, which the next server may want.
        _process.WaitForExit();
        _process.Dispose();
        _lines.Dispose();
    }
}
