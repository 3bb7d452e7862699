using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Changes the machine step by step, and records the steps. In a dry run it only records them.</summary>
internal sealed partial class Steps(IMachine machine, bool isDryRun)
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The result of a dry run.</summary>
    public static readonly Message NothingDone = $"Nothing was done.";

    private readonly List<string> _commands = [];

    public bool IsDryRun => isDryRun;

    /// <summary>The steps, as shell commands.</summary>
    public IReadOnlyList<string> Commands => _commands;

    public Task<ProcessResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken stop, string input = "") =>
        RecordAsync(program, arguments, () => machine.RunAsync(program, arguments, stop, input));

    /// <summary>Runs a program that asks the user.</summary>
    public Task<ProcessResult> RunOnTerminalAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop) =>
        RecordAsync(program, arguments, () => machine.RunOnTerminalAsync(program, arguments, stop));

    /// <summary>Empties a folder, and writes files into it.</summary>
    public void WriteAll(string folder, IEnumerable<(string Path, string Text)> files)
    {
        _commands.Add($"# write the module's source into {folder}");
        if (isDryRun)
            return;
        Change(folder, path =>
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            foreach ((string file, string text) in files)
                WriteFile(Path.Combine(path, file), text);
        });
    }

    public void Write(string file, string text)
    {
        _commands.Add($"# write {file}");
        if (!isDryRun)
            Change(file, path => WriteFile(path, text));
    }

    /// <summary>Writes a file that administrators edit. If there are no settings to write, an existing file is kept.</summary>
    public void WriteOptions(string file, string text, string? settings)
    {
        if (settings is not null)
            Write(file, text + settings);
        else if (!machine.Exists(file))
            Write(file, text);
    }

    /// <summary>Replaces a program atomically, so that a running process keeps the old file.</summary>
    public void WriteProgram(string file, byte[] bytes)
    {
        _commands.Add($"# write {file}");
        if (!isDryRun)
            Change(file, path =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                string part = path + ".part";
                File.WriteAllBytes(part, bytes);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(part, Executable);
                File.Move(part, path, overwrite: true);
            });
    }

    /// <summary>Deletes a file, or a folder with its content, if it exists.</summary>
    public void Delete(string path)
    {
        if (!machine.Exists(path))
            return;
        _commands.Add($"rm -r {Quote(path)}");
        if (!isDryRun)
            Change(path, place =>
            {
                if (Directory.Exists(place))
                    Directory.Delete(place, recursive: true);
                else
                    File.Delete(place);
            });
    }

    public ActionDocument Done(string action, Message message) =>
        new(action, isDryRun, (isDryRun ? NothingDone : message).ToString(), _commands, null, []);

    private async Task<ProcessResult> RecordAsync(string program, IReadOnlyList<string> arguments, Func<Task<ProcessResult>> run)
    {
        _commands.Add(string.Join(' ', arguments.Prepend(program).Select(Quote)));
        return isDryRun ? new ProcessResult(0, "", "") : await run();
    }

    private static void WriteFile(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Change(string path, Action<string> change)
    {
        try
        {
            change(machine.PathOf(path));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ToolException($"this user is not allowed to write {path}: run toa as root, or name another folder.", e);
        }
        catch (IOException e)
        {
            throw new ToolException($"cannot write {path}: {e.Message}", e);
        }
    }

    private static string Quote(string word) => Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''")}'";

    [GeneratedRegex(@"^[\w@%+=:,./-]+$")]
    private static partial Regex Plain();
}
