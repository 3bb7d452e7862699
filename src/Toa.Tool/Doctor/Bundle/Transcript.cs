using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>Texts of a machine, one behind the other, each below the command that shows it.</summary>
/// <param name="machine">The machine.</param>
/// <param name="name">The name of the file.</param>
/// <param name="gaps">Gets what cannot be read.</param>
/// <param name="stop">Ends programs.</param>
internal sealed class Transcript(IMachine machine, string name, List<BundleGap> gaps, CancellationToken stop)
{
    /// <summary>The last lines that are kept of a long text, where the cause of a problem is.</summary>
    public const int MostLines = 500;

    private readonly StringBuilder _text = new();

    /// <summary>Adds a text.</summary>
    public Transcript Add(string command, string text)
    {
        string[] lines = text.TrimEnd().Split('\n');
        _text.Append("# ").Append(command).Append('\n');
        if (lines.Length > MostLines)
            _text.Append($"({lines.Length - MostLines} lines before are left out)\n");
        _text.AppendJoin('\n', lines.TakeLast(MostLines)).Append("\n\n");
        return this;
    }

    /// <summary>Adds a file. If it does not exist, the transcript says so.</summary>
    /// <param name="path">The file.</param>
    /// <param name="select">Selects what to add.</param>
    public Transcript AddFile(string path, Func<string, string>? select = null)
    {
        string command = $"cat /{path}";
        try
        {
            return machine.ReadText(path) is { } text
                ? Add(command, select?.Invoke(text) ?? text)
                : Add(command, "(does not exist)");
        }
        catch (CannotLookException e)
        {
            return Miss(command, e.What, e.Cure);
        }
    }

    /// <summary>Adds all files of a folder, each on one line.</summary>
    public Transcript AddFolder(string path)
    {
        string command = $"grep -r . /{path}";
        try
        {
            return Add(command, string.Join('\n', machine.List(path).Select(file => $"{file}: {Value(Path.Combine(path, file))}")
                .DefaultIfEmpty("(does not exist, or is empty)")));
        }
        catch (CannotLookException e)
        {
            return Miss(command, e.What, e.Cure);
        }
    }

    /// <summary>Adds the output of a program.</summary>
    public async Task<Transcript> AddProgramAsync(string program, params string[] arguments) =>
        Add(program, arguments, await machine.RunAsync(program, arguments, stop));

    /// <summary>Adds the output of a program that has run.</summary>
    public Transcript Add(string program, string[] arguments, ProcessResult result)
    {
        string command = string.Join(' ', [program, .. arguments]);
        return result.IsMissing
            ? Add(command, $"({program} is not installed)")
            : Add(command, result.IsFine
                ? result.Output
                : $"{result.Output.TrimEnd()}\n{result.Error.TrimEnd()}\n(exit status {result.ExitCode})".Trim());
    }

    /// <summary>Adds that something cannot be shown.</summary>
    public Transcript Miss(string command, Message what, Message cure)
    {
        gaps.Add(new BundleGap(name, $"{what} {cure}"));
        return Add(command, $"({what})");
    }

    public override string ToString() => _text.ToString();

    private string Value(string path)
    {
        try
        {
            return machine.ReadText(path)?.Trim() ?? "";
        }
        // A folder, or a file that can only be written.
        catch (CannotLookException e)
        {
            return $"({e.What})";
        }
    }
}
