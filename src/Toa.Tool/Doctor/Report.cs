using System.Collections.Generic;
using System.Linq;
using Spectre.Console;
using Toa.Tool.Language;
using Toa.Tool.Output;

namespace Toa.Tool.Doctor;

/// <summary>Findings as text. The important ones are last, where they stay visible on a terminal.</summary>
internal static class Report
{
    public static void Write(Terminal terminal, DoctorDocument found, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings.OrderBy(finding => finding.Kind.Severity))
            Write(terminal.Rich, finding);
        Message summary = $"Errors: {found.Errors}, warnings: {found.Warnings}.";
        terminal.Rich.WriteLine(summary.ToString());
    }

    private static void Write(IAnsiConsole console, Finding finding)
    {
        // Filled up to 8 columns in every language. A Chinese character takes two.
        Message name = finding.Kind.Severity switch
        {
            Severity.Error => $"error   ",
            Severity.Warning => $"warning ",
            Severity.Info => $"info    ",
            _ => $"ok      ",
        };
        console.Write(new Text(name.ToString(), StyleOf(finding.Kind.Severity)));
        console.WriteLine($"{finding.Kind.Id}  {finding.Kind.Title}");
        console.WriteLine(Printable($"        {finding.Seen}"));
        if (finding.Next.IsEmpty)
            return;
        console.WriteLine(Printable($"        > {finding.Next}"));
        if (finding.Kind.Severity >= Severity.Warning)
            console.WriteLine($"        {finding.Kind.Docs}");
    }

    // Names of processes, interfaces and chains, and texts in rules, can contain escape sequences for terminals.
    private static string Printable(string text) => string.Concat(text.Select(one => char.IsControl(one) ? '?' : one));

    private static Style StyleOf(Severity severity) => severity switch
    {
        Severity.Error => new Style(Color.Red, decoration: Decoration.Bold),
        Severity.Warning => new Style(Color.Yellow),
        Severity.Info => new Style(Color.Blue),
        _ => new Style(Color.Green),
    };
}
