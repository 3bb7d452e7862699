using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Output;

namespace Toa.Tool.Tests.Support;

/// <summary>A command that serves HTTP on a port of its choice, while it runs.</summary>
internal sealed class ServingTool : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Pipe _pipe = new();
    private readonly StreamReader _lines;
    private readonly HttpClient _http = new();
    private readonly Task<int> _command;

    private ServingTool(FakeMachine machine, string[] arguments)
    {
        machine.Clock = TimeProvider.System;
        _lines = new StreamReader(_pipe.Reader.AsStream());
        StreamWriter output = new(_pipe.Writer.AsStream()) { AutoFlush = true };
        Terminal terminal = new(TextReader.Null, output, TextWriter.Null, isInteractive: false, allowsColors: false);
        _command = ToaCommand.RunAsync([.. arguments, "--listen", "127.0.0.1:0"], machine, terminal, _stop.Token);
    }

    public IPEndPoint End { get; private set; } = null!;

    /// <summary>Starts the command, and expects these lines before it listens.</summary>
    public static async Task<ServingTool> StartAsync(FakeMachine machine, string[] arguments, params string[] firstLines)
    {
        ServingTool tool = new(machine, arguments);
        foreach (string line in firstLines)
            (await tool.ReadLineAsync()).Should().Be(line);
        tool.End = IPEndPoint.Parse((await tool.ReadLineAsync())!["Listening on ".Length..].TrimEnd('.'));
        return tool;
    }

    public Task<string?> ReadLineAsync() => Deadline.Within(_lines.ReadLineAsync());

    public async Task<(HttpStatusCode Status, string Text)> AskAsync(string path, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, $"http://{End}{path}");
        using HttpResponseMessage response = await Deadline.Within(_http.SendAsync(request));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Stops the command, and returns its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _stop.CancelAsync();
        return await Deadline.Within(_command);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _http.Dispose();
        _lines.Dispose();
        _stop.Dispose();
    }
}
