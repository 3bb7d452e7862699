using System.Linq;

namespace Toa.Tool.Machines;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    // As shells have it.
    private const int NotFound = 127, BySignal = 128, Interrupt = 2, Terminate = 15;

    /// <summary>There is no such program.</summary>
    public static ProcessResult Missing { get; } = new(NotFound, "", "");

    public bool IsMissing => ExitCode == NotFound;

    /// <summary>SIGINT or SIGTERM ended it.</summary>
    public bool WasInterrupted => ExitCode is BySignal + Interrupt or BySignal + Terminate;

    public bool IsFine => ExitCode == 0;

    /// <summary>The first thing that it complained of.</summary>
    public string Complaint =>
        (Error + "\n" + Output).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)
            .DefaultIfEmpty($"exit status {ExitCode}").First();
}
