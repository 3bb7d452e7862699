using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;
using Toa.Tool.Provider;

namespace Toa.Tool.Commands;

/// <summary>Reads a provider's counters and table, on this machine or from a copy.</summary>
internal static class ProviderFiles
{
    private const string Table = "proc/net/toa_table", EbpfTable = EbpfPins.Folder + "/table";

    /// <summary>The files of both providers that can have the table.</summary>
    public static readonly IReadOnlyList<string> Tables = [Table, EbpfTable];

    private const string StandardInput = "-";

    /// <summary>The library's message for a missing file, which can be translated here.</summary>
    public static Message Missing(string? file) =>
        $"{file} does not exist: no TOA provider is loaded, or it has no such file. In a container, the provider of the host must "
        + $"show it in every network namespace, as this project's module does. Only root can read the files of the eBPF provider.";

    /// <exception cref="ToolException">The counters do not exist, or cannot be read.</exception>
    public static ToaStatistics ReadStatistics(IMachine machine)
    {
        try
        {
            return machine.ReadStatistics();
        }
        catch (FileNotFoundException e)
        {
            throw new ToolException($"{Missing(e.FileName)} Run toa doctor.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ToolException($"{e.Message} Run toa doctor.", e);
        }
    }

    /// <summary>Reads the text of toa_table. For the eBPF provider, it reads its table file, or runs toa-bpf if there is no file.</summary>
    /// <exception cref="ToolException">The table does not exist, or cannot be read.</exception>
    public static async Task<string> ReadTableAsync(IMachine machine, CancellationToken stop)
    {
        try
        {
            if (machine.ReadText(Table) is { } shown)
                return shown;
            // Only root can see the eBPF provider's files. Other users get an error about them only if that provider answers.
            if (machine.Exists(EbpfPins.Folder) || machine.DetectProvider().Kind == ToaProviderKind.ToaEbpf)
                return machine.ReadText(EbpfTable) ?? await new EbpfProvider(machine).ReadTableAsync(stop);
        }
        catch (CannotLookException e)
        {
            throw new ToolException($"{e.Message}", e);
        }

        throw new ToolException(
            $"{machine.PathOf(Table)} does not exist: no TOA provider is loaded, or it has no such file. Run toa doctor.");
    }

    /// <summary>
    /// Reads the first connections of a provider's table, which can be long. Null if there is no table, or if it cannot be read.
    /// </summary>
    public static IReadOnlyList<ToaTableEntry>? TryReadStartOfTable(IMachine machine, int most)
    {
        foreach (string path in Tables)
        {
            try
            {
                // The header, and the lines.
                string text = string.Join('\n', File.ReadLines(machine.PathOf(path)).Take(most + 1));
                return ToaTable.Parse(text);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // The other provider has it, or no provider. The view has no table then.
            }
        }

        return null;
    }

    /// <param name="terminal">The terminal with the standard input.</param>
    /// <param name="copy">The value of <c>--file</c>.</param>
    /// <param name="parse">Parses the text.</param>
    /// <param name="stop">Ends the wait for the standard input.</param>
    /// <exception cref="ToolException">The copy cannot be read, or has the wrong format.</exception>
    public static async Task<T> ReadCopyAsync<T>(Terminal terminal, string copy, Func<string, T> parse, CancellationToken stop)
    {
        bool isInput = copy == StandardInput;
        if (isInput && Terminal.IsInputClosed)
            throw new ToolException($"cannot read {copy}: the standard input is closed. Name a copy of the file with --file.");
        string text = isInput
            // On a terminal, reading waits for the user, and a cancellation token does not end that: wait with the token instead.
            ? await Task.Run(terminal.Input.ReadToEnd, stop).WaitAsync(stop)
            : await ReadFileAsync(copy);
        return Parse(isInput ? (Message)$"standard input" : $"{copy}", text, parse);
    }

    /// <param name="name">The source of the text, for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="parse">Parses the text.</param>
    /// <exception cref="ToolException">The text has the wrong format.</exception>
    public static T Parse<T>(Message name, string text, Func<string, T> parse)
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
