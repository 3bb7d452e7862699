using System;

namespace Toa.Tool;

/// <summary>An error for the user. The message is one line with the cause and what to do.</summary>
internal sealed class ToolException(string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; init; } = Tool.ExitCode.Trouble;
}
