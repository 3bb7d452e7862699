using System.Collections.Generic;
using System.Linq;
using Spectre.Console;
using Toa.Tool.Output;

namespace Toa.Tool.Doctor;

/// <summary>Findings as text. The important ones are last, where they stay visible on a terminal.</summary>
internal static class Report
{
    public static void Write(Terminal terminal, DoctorDocument found, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings.OrderBy(finding => finding.Kind.Severity))
            Write(terminal.Rich, finding);
        terminal.Rich.WriteLine($"{Count(found.Errors, "error")}, {Count(found.Warnings, "warning")}.");
    }

    private static void Write(IAnsiConsole console, Finding finding)
    {
        (string name, Style style) = finding.Kind.Severity switch
        {
            Severity.Error => ("error", new Style(Color.Red, decoration: Decoration.Bold)),
            Severity.Warning => ("warning", new Style(Color.Yellow)),
            Severity.Info => ("info", new Style(Color.Blue)),
            _ => ("ok", new Style(Color.Green)),
        };
        console.Write(new Text($"{name,-8}", style));
        console.WriteLine($"{finding.Kind.Id}  {finding.Kind.Title}");
        console.WriteLine($"        {finding.Seen}");
        if (finding.Next.Length == 0)
            return;
        console.WriteLine($"        > {finding.Next}");
        if (finding.Kind.Severity >= Severity.Warning)
            console.WriteLine($"        {finding.Kind.Docs}");
    }

    private static string Count(int number, string word) => number == 1 ? $"1 {word}" : $"{number} {word}s";
}
