using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Toa.Scenarios;

/// <summary>The sample, as published, listening on the endpoints given.</summary>
internal sealed class EchoServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];

    public EchoServerProcess(string path, params IPEndPoint[] listen)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true };
        foreach (IPEndPoint endPoint in listen)
        {
            start.ArgumentList.Add("--listen");
            start.ArgumentList.Add(endPoint.ToString());
        }
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                _lines.Add(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        foreach (IPEndPoint _ in listen)
            Expect.True(NextLine().StartsWith("listening on ", StringComparison.Ordinal), "the server did not say where it listens");
    }

    /// <summary>Waits twenty seconds at the most.</summary>
    public string NextLine() => _lines.TryTake(out string? line, 20_000)
        ? line
        : throw new ScenarioFailedException("the echo server printed nothing more within 20 s");

    /// <summary>SIGTERM; the exit code.</summary>
    public int Stop()
    {
        using (Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]))
            kill.WaitForExit();
        Expect.True(_process.WaitForExit(20_000), "the echo server did not end on SIGTERM");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _lines.Dispose();
    }
}
