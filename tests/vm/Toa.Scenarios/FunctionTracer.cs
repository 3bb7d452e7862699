using System;
using System.IO;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>The kernel's function tracer, on some functions, until disposal.</summary>
internal sealed class FunctionTracer : IDisposable
{
    private const string Folder = "/sys/kernel/debug/tracing";

    private readonly string[] _functions;

    private FunctionTracer(params string[] functions)
    {
        _functions = functions;
        File.WriteAllText(Folder + "/trace", "\n");
        foreach (string function in functions)
            File.WriteAllText(Folder + "/set_ftrace_filter", function + "\n");
        File.WriteAllText(Folder + "/current_tracer", "function");
    }

    /// <summary>The functions that the module hooks.</summary>
    public static readonly string[] OfTheModule = ["inet_sock_destruct", "inet_getname", "inet6_getname", "tcp_v4_syn_recv_sock", "tcp_v6_syn_recv_sock"];

    /// <summary>All hooked functions of the kernel, whoever has hooked them.</summary>
    public static string[] HookedFunctions => ReadLines("enabled_functions");

    public static bool Exists => ReadLines("available_tracers").Any(line => line.Split(' ').Contains("function"));

    /// <summary>How many calls of a function were traced.</summary>
    public static int CountCalls(string function) => ReadLines("trace").Count(line => line.Contains($" {function} <-"));

    public static FunctionTracer Start(params string[] functions)
    {
        if (!Exists)
            throw new ScenarioSkippedException("this kernel has no function tracer");
        return new FunctionTracer(functions);
    }

    public void Dispose()
    {
        File.WriteAllText(Folder + "/current_tracer", "nop");
        foreach (string function in _functions)
            File.WriteAllText(Folder + "/set_ftrace_filter", $"!{function}\n");
    }

    private static string[] ReadLines(string file)
    {
        string path = Path.Combine(Folder, file);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
