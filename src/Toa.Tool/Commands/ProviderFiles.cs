using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary>Reads what a provider shows, of this machine or from a copy.</summary>
internal static class ProviderFiles
{
    private const string StandardInput = "-";

    /// <param name="machine">The machine.</param>
    /// <param name="terminal">Whose input may be read.</param>
    /// <param name="own">The machine's own file, below its root.</param>
    /// <param name="copy">What <c>--file</c> says.</param>
    /// <param name="parse">Makes something of the text.</param>
    /// <param name="stop">Ends the wait for the standard input.</param>
    public static async Task<T> ReadAsync<T>(IMachine machine, Terminal terminal, string own, string? copy, Func<string, T> parse,
        CancellationToken stop)
    {
        string text = copy switch
        {
            null => ReadOwn(machine, own),
            // It may be a terminal, where reading waits for somebody, and no token ends that.
            StandardInput => await Task.Run(terminal.Input.ReadToEnd, stop).WaitAsync(stop),
            _ => await ReadCopyAsync(copy),
        };
        string name = copy is StandardInput ? "the standard input" : copy ?? machine.PathOf(own);
        try
        {
            return parse(text);
        }
        catch (InvalidDataException e)
        {
            throw new ToolException($"{name} is not what {Path.GetFileName(own)} looks like: {e.Message}", e);
        }
    }

    private static string ReadOwn(IMachine machine, string path)
    {
        try
        {
            return machine.ReadProvider(Path.GetFileName(path)) ?? throw new ToolException(
                $"there is no {machine.PathOf(path)}: no TOA provider is loaded, or it does not show this. Run toa "
                + "doctor.");
        }
        catch (CannotLookException e)
        {
            throw new ToolException(e.Message, e);
        }
    }

    private static async Task<string> ReadCopyAsync(string path)
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
