using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>The eBPF provider, controlled with its loader toa-bpf.</summary>
internal sealed class EbpfProvider(IMachine machine)
{
    public const string Kind = "ebpf";

    private const string Loader = "toa-bpf";

    /// <param name="loader">The path of toa-bpf; null to search PATH.</param>
    /// <param name="settings">The settings, in the form of the module's parameters.</param>
    /// <param name="steps">The steps to record.</param>
    /// <param name="stop">Cancels it.</param>
    /// <exception cref="ToolException">The provider cannot be loaded; the message has the loader's error.</exception>
    public async Task<ActionDocument> LoadAsync(
        string? loader, IReadOnlyList<string> settings, Steps steps, CancellationToken stop)
    {
        new ModuleProvider(machine).RefuseBesideOthers();
        string program = loader is null ? Loader : Find(loader);
        ProcessResult result = await steps.RunAsync(program, ["load", .. settings], stop);
        if (loader is not null && result.IsMissing)
            throw new ToolException($"{loader} cannot be run: check that it is toa-bpf and that it is executable.");
        Demand(result, $"cannot load the eBPF provider");
        return steps.Done("load", $"The eBPF provider is loaded.") with
        {
            Log = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    /// <exception cref="ToolException">The provider cannot be unloaded; the message says why.</exception>
    public static async Task<ActionDocument> UnloadAsync(Steps steps, CancellationToken stop)
    {
        Demand(await steps.RunAsync(Loader, ["unload"], stop), $"cannot unload the eBPF provider");
        return steps.Done("unload", $"The eBPF provider is unloaded.");
    }

    public async Task<ProviderDocument> StatusAsync(CancellationToken stop)
    {
        ProcessResult result = await machine.RunAsync(Loader, ["status"], stop);
        Dictionary<string, string?> settings = result.Output.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(words => words.Length == 2 && !words[0].Contains(' '))
            .ToDictionary(words => words[0], string? (words) => words[1]);
        settings.Remove("loaded", out string? loaded);
        return new ProviderDocument(
            Kind, ModuleSource.Version, machine.KernelRelease(), machine.DetectProvider().Kind.ToString(), null, [], null, [],
            loaded == "Y", settings, ProblemOf(result, loaded));
    }

    /// <summary>The connections for which it holds a client address, as the text of toa_table.</summary>
    /// <exception cref="ToolException">The loader cannot list them; the message says why.</exception>
    public async Task<string> ReadTableAsync(CancellationToken stop)
    {
        ProcessResult result = await machine.RunAsync(Loader, ["table"], stop);
        if (result.IsMissing && !machine.Exists(EbpfPins.Folder))
            throw new ToolException($"a provider answers, but its connections are not visible here. Run toa table as root on the host.");
        Demand(result, $"cannot show the connections of the eBPF provider");
        return result.Output;
    }

    /// <exception cref="ToolException">Always.</exception>
    public static Task<ActionDocument> Refuse(string action) => throw new ToolException(
        $"the eBPF provider does not need {action}: toa-bpf is one program for every kernel from 5.10 on. See "
        + $"docs/reference/ebpf.md.");

    // The exit status is also 1 if the provider is simply not loaded.
    private string? ProblemOf(ProcessResult result, string? loaded)
    {
        if (result.IsFine || result.IsMissing)
            return null;
        if (loaded != "N" || !string.IsNullOrWhiteSpace(result.Error))
            return Words(result with { Output = "" });
        return machine.Exists(EbpfPins.Folder)
            ? NoProgram(machine.PathOf(EbpfPins.Folder)).ToString()
            : null;
    }

    private static Message NoProgram(string pins) => $"{pins} exists, but none of its programs is loaded";

    private string Find(string loader) => machine.Exists(Path.GetFullPath(loader))
        ? machine.PathOf(Path.GetFullPath(loader))
        : throw new ToolException($"{loader} does not exist. Build toa-bpf with make bpf.");

    private static void Demand(ProcessResult result, Message failure)
    {
        if (result.IsMissing)
            throw new ToolException(
                $"toa-bpf is missing. Run toa provider install --kind ebpf, which installs it into /usr/local/sbin.");
        if (!result.IsFine)
            throw new ToolException($"{failure}: {Words(result)}");
    }

    private static string Words(ProcessResult result)
    {
        const string Prefix = Loader + ": ";
        string words = result.Complaint;
        return words.StartsWith(Prefix, StringComparison.Ordinal) ? words[Prefix.Length..] : words;
    }
}
