using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Machines;
using Toa.Tool.Output;
using Toa.Tool.Provider;

namespace Toa.Tool.Commands;

/// <summary>Reads what a provider shows, of this machine or from a copy.</summary>
internal static class ProviderFiles
{
    private const string Table = "proc/net/toa_table", EbpfTable = EbpfPins.Folder + "/table";
    private const string StandardInput = "-";

    /// <exception cref="ToolException">There are no counters, or they cannot be read.</exception>
    public static ToaStatistics ReadStatistics(IMachine machine)
    {
        try
        {
            return machine.ReadStatistics();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ToolException($"{e.Message} Run toa doctor.", e);
        }
    }

    /// <summary>The text of toa_table, or the same from the eBPF provider's loader where the kernel lets the provider make no file.</summary>
    /// <exception cref="ToolException">There is none, or it cannot be read.</exception>
    public static async Task<string> ReadTableAsync(IMachine machine, CancellationToken stop)
    {
        try
        {
            if (machine.ReadText(Table) is { } shown)
                return shown;
            // Users other than root do not see whether the eBPF provider's is there; without that provider they need not know.
            if (machine.Exists(EbpfPins.Folder) || machine.DetectProvider().Kind == ToaProviderKind.ToaEbpf)
                return machine.ReadText(EbpfTable) ?? await new EbpfProvider(machine).ReadTableAsync(stop);
        }
        catch (CannotLookException e)
        {
            throw new ToolException(e.Message, e);
        }

        throw new ToolException(
            $"{machine.PathOf(Table)} does not exist: no TOA provider is loaded, or it has no such file. Run toa doctor.");
    }

    /// <param name="terminal">Whose input may be read.</param>
    /// <param name="copy">What <c>--file</c> says.</param>
    /// <param name="parse">Makes something of the text.</param>
    /// <param name="stop">Ends the wait for the standard input.</param>
    /// <exception cref="ToolException">It cannot be read, or is something else.</exception>
    public static async Task<T> ReadCopyAsync<T>(Terminal terminal, string copy, Func<string, T> parse, CancellationToken stop)
    {
        bool isInput = copy == StandardInput;
        string text = isInput
            // It may be a terminal, where reading waits for somebody, and no token ends that.
            ? await Task.Run(terminal.Input.ReadToEnd, stop).WaitAsync(stop)
            : await ReadFileAsync(copy);
        return Parse(isInput ? "standard input" : copy, text, parse);
    }

    /// <param name="name">Where the text is from.</param>
    /// <param name="text">The text.</param>
    /// <param name="parse">Makes something of it.</param>
    /// <exception cref="ToolException">It is something else.</exception>
    public static T Parse<T>(string name, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (InvalidDataException e)
        {
            throw new ToolException($"{name} is not valid: {e.Message}", e);
        }
    }

    private static async Task<string> ReadFileAsync(string path)
    {
        try
        {
            return await File.ReadAllTextAsync(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"cannot read {path}: {e.Message} Name a copy of the file with --file.", e);
        }
    }
}
