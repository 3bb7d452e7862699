using System;

namespace Toa.Tool;

/// <summary>Something is not possible; the message is one line that names the cause and the cure.</summary>
internal sealed class ToolException(string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; init; } = Tool.ExitCode.Trouble;
}
