using System.Linq;

namespace Toa.Tool.Machines;

/// <summary>The exit code and the output of a program.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    // The conventions of shells.
    private const int NotFound = 127, BySignal = 128, Interrupt = 2, Terminate = 15;

    /// <summary>The program does not exist.</summary>
    public static ProcessResult Missing { get; } = new(NotFound, "", "");

    public bool IsMissing => ExitCode == NotFound;

    /// <summary>Whether SIGINT or SIGTERM ended it.</summary>
    public bool WasInterrupted => ExitCode is BySignal + Interrupt or BySignal + Terminate;

    /// <summary>Whether the output was longer than the tool reads, and its end is missing.</summary>
    public bool IsCut { get; init; }

    public bool IsFine => ExitCode == 0;

    /// <summary>The first line of its error output, or else of its output.</summary>
    public string Complaint =>
        (Error + "\n" + Output).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)
            .DefaultIfEmpty($"exit status {ExitCode}").First();
}
