using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Toa.Scenarios;

/// <summary>
/// <c>toa lb demo</c> while it runs: a client, the balancer and a server, each in a network namespace, with a port that is
/// free for servers of the scenario's.
/// </summary>
internal sealed class BalancedNetwork : IDisposable
{
    /// <summary>Where clients connect to, and where the server listens.</summary>
    public const int Port = 8080;

    private const string ClientNamespace = "toa-demo-client", ServerNamespace = "toa-demo-server";

    private readonly Process _demo;
    private bool _isStopped;

    /// <summary>Returns once it stands.</summary>
    public BalancedNetwork(params string[] arguments)
    {
        SkipWithoutVirtualEthernet();
        _demo = Process.Start(new ProcessStartInfo(Tool.Path, ["lb", "demo", "--json", .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        while (_demo.StandardOutput.ReadLine() is { } line)
        {
            JsonElement happened = JsonElement.Parse(line);
            if (happened.GetProperty("event").GetString() == "ready")
                return;
        }
        throw new ScenarioFailedException("toa lb demo ended before it stood");
    }

    /// <summary>The addresses that a server sees where the option is lost.</summary>
    public static IPNetwork Balancers { get; } = IPNetwork.Parse("10.64.0.0/28");

    public static IPEndPoint VirtualAddress(AddressFamily family) => new(
        IPAddress.Parse(family == AddressFamily.InterNetwork ? "198.51.100.1" : "2001:db8:100::1"), Port);

    /// <summary>Where a client of that port is.</summary>
    public static IPEndPoint Client(AddressFamily family, int port) => new(
        IPAddress.Parse(family == AddressFamily.InterNetwork ? "192.0.2.2" : "2001:db8:1::2"), port);

    public static void SkipWithoutVirtualEthernet()
    {
        if (!File.Exists("/proc/self/ns/net") || Run("ip", "link", "add", "probe0", "type", "veth") != 0)
            throw new ScenarioSkippedException("this kernel has no network namespaces or no veth");
        Run("ip", "link", "delete", "probe0");
    }

    public static IEnumerable<string> Namespaces =>
        (Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns") : []).Select(path => Path.GetFileName(path)!);

    /// <summary>A server on the server's machine.</summary>
    public static ServerProcess Serve(string path, params string[] arguments) =>
        new("ip", ["netns", "exec", ServerNamespace, path, .. arguments]);

    /// <summary>Runs code whose sockets are on the server's machine.</summary>
    public static T AtServer<T>(Func<T> function) => LoadBalancing.NetworkNamespace.Run(ServerNamespace, function);

    /// <summary>Runs code whose sockets are on the client's machine.</summary>
    public static T AtClient<T>(Func<T> function) => LoadBalancing.NetworkNamespace.Run(ClientNamespace, function);

    /// <summary>A program on the client's machine, run to its end: what it printed.</summary>
    public static string RunAtClient(params string[] command) => RunAt(ClientNamespace, command);

    /// <summary>A program on the server's machine, likewise.</summary>
    public static string RunAtServer(params string[] command) => RunAt(ServerNamespace, command);

    private static string RunAt(string name, string[] command)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("ip", ["netns", "exec", name, .. command])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Expect.True(process.ExitCode == 0, $"{string.Join(' ', command)} ended with {process.ExitCode}: {error}");
        return output;
    }

    /// <summary>SIGTERM, and that nothing is left; the balancer's counters.</summary>
    public JsonElement Stop()
    {
        _isStopped = true;
        Run("kill", "-TERM", _demo.Id.ToString());
        string? last = null;
        while (_demo.StandardOutput.ReadLine() is { } line)
            last = line;
        Expect.True(_demo.WaitForExit(60_000), "toa lb demo did not end on SIGTERM");
        Expect.Equal(0, _demo.ExitCode, "the exit code of toa lb demo");
        Expect.True(!Namespaces.Any(), "toa lb demo has left namespaces");
        return JsonElement.Parse(last!).GetProperty("counters");
    }

    public void Dispose()
    {
        // Also where the scenario failed, so that the next one can have it.
        if (!_isStopped)
            Stop();
        _demo.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
