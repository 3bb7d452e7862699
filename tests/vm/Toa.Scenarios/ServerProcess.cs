using System;
using System.Collections.Concurrent;
using System.Diagnostics;

namespace Toa.Scenarios;

/// <summary>A server that prints its listening addresses, and then a line for each client.</summary>
internal sealed class ServerProcess : IDisposable
{
    // Milliseconds. Only a failing run reaches it.
    private const int Patience = 60_000;

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];

    /// <summary>Starts the server, and returns when it has printed all its listening addresses.</summary>
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

    /// <summary>Sends SIGTERM, and returns the exit code.</summary>
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
        // Until it has exited, it holds its ports, which the next server may need.
        _process.WaitForExit();
        _process.Dispose();
        _lines.Dispose();
    }
}
