using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Doctor.Bundle;

/// <summary><c>toa doctor --bundle</c>: makes a bundle, shows what is in it, and writes it if the user agrees.</summary>
/// <param name="Path">The file.</param>
/// <param name="IsAgreed">Whether the user has agreed before (<c>--yes</c>).</param>
/// <param name="WithAddresses">Whether addresses and host names stay as they are.</param>
internal sealed record DoctorBundle(string Path, bool IsAgreed, bool WithAddresses)
{
    private static readonly string[] Yes = ["y", "yes", "是"];

    /// <summary>Checks that it can be written, before the user waits for its content.</summary>
    /// <exception cref="ToolException">It cannot be written, or the user cannot be asked.</exception>
    public void Check(IMachine machine)
    {
        if (!IsAgreed && !machine.HasTerminal)
        {
            throw new ToolException(
                $"--bundle asks before it writes, and the standard input is not a terminal. Add --yes to write without a question.")
            {
                ExitCode = ExitCode.WrongCommandLine,
            };
        }

        BundleFile.Check(Path);
    }

    /// <summary>Makes the bundle.</summary>
    /// <param name="examination">What the doctor has seen.</param>
    /// <param name="terminal">Where the user is asked: on the standard error, because the standard output is the doctor's report.</param>
    /// <param name="stop">Ends it, without a file.</param>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public async Task WriteAsync(Examination examination, Terminal terminal, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            throw new ToolException($"the bundle was not written, because the capture was stopped. Repeat with a smaller --seconds.");
        IReadOnlyList<BundleEntry> entries = await BundleContents.MakeAsync(examination, WithAddresses ? null : new AddressMask(), stop);
        Show(terminal, entries);
        if (!IsAgreed && !await AskAsync(terminal, stop))
        {
            Message left = $"The bundle was not written.";
            await terminal.Error.WriteLineAsync(left.ToString());
            return;
        }

        long size = await BundleFile.WriteAsync(Path, entries, examination.Machine.Clock.GetUtcNow(), stop);
        Message written = $"Written: {Path}, {size} bytes, readable by its owner only. To look into it: tar -xzf {Path}";
        await terminal.Error.WriteLineAsync(written.ToString());
    }

    private void Show(Terminal terminal, IReadOnlyList<BundleEntry> entries)
    {
        Message heading = WithAddresses
            ? (Message)$"The bundle {Path} has the real addresses and host names, and these files (bytes, name, content):"
            : $"In the bundle {Path}, addresses and host names are replaced. It has these files (bytes, name, content):";
        terminal.Error.WriteLine(heading.ToString());
        int width = entries.Max(entry => entry.Name.Length);
        foreach (BundleEntry entry in entries)
        {
            string size = entry.Bytes.Length.ToString(CultureInfo.InvariantCulture);
            terminal.Error.WriteLine($"  {size,8}  {entry.Name.PadRight(width)}  {entry.Holds}");
        }
    }

    private static async Task<bool> AskAsync(Terminal terminal, CancellationToken stop)
    {
        Message question = $"Write it? [y/N]";
        await terminal.Error.WriteAsync($"{question} ");
        // Reading a terminal cannot be cancelled: wait with the token instead.
        string? answer = await Task.Run(terminal.Input.ReadLine, CancellationToken.None).WaitAsync(stop);
        return Yes.Contains(answer?.Trim(), StringComparer.OrdinalIgnoreCase);
    }
}
