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
/// A running <c>toa lb demo</c>: a client, the balancer and a server, each in a network namespace, with a free port for a
/// server of the scenario.
/// </summary>
internal sealed class BalancedNetwork : IDisposable
{
    /// <summary>The ports to which clients connect, and on which an IPv4 and an IPv6 server listen.</summary>
    public const int Port = 8080, IPv6ServerPort = 8081;

    private const string ClientNamespace = "toa-demo-client", ServerNamespace = "toa-demo-server";

    private readonly Process _demo;
    private bool _isStopped;

    /// <summary>Starts the demo, and returns when it is ready.</summary>
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

    /// <summary>The addresses that a server sees if the option is lost.</summary>
    public static IPNetwork Balancers { get; } = IPNetwork.Parse("10.64.0.0/28");

    public static IPEndPoint VirtualAddress(AddressFamily family, int port = Port) => new(
        IPAddress.Parse(family == AddressFamily.InterNetwork ? "198.51.100.1" : "2001:db8:100::1"), port);

    /// <summary>The address of a client with this port.</summary>
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

    /// <summary>Starts a server in the server's namespace.</summary>
    public static ServerProcess Serve(string path, params string[] arguments) =>
        new("ip", ["netns", "exec", ServerNamespace, path, .. arguments]);

    /// <summary>Runs code whose sockets are in the server's namespace.</summary>
    public static T AtServer<T>(Func<T> function) => LoadBalancing.NetworkNamespace.Run(ServerNamespace, function);

    /// <summary>Runs code whose sockets are in the client's namespace.</summary>
    public static T AtClient<T>(Func<T> function) => LoadBalancing.NetworkNamespace.Run(ClientNamespace, function);

    /// <summary>Runs a program in the client's namespace, and returns its output.</summary>
    public static string RunAtClient(params string[] command) => RunAt(ClientNamespace, command);

    /// <summary>Runs a program in the server's namespace, and returns its output.</summary>
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

    /// <summary>Sends SIGTERM, expects that no namespace is left, and returns the balancer's counters.</summary>
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
        // Also after a failed scenario: the next one needs the same names.
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
