using System;
using Toa.Tool.Language;

namespace Toa.Tool;

/// <summary>An error for the user. The message is one line with the cause and what to do.</summary>
internal sealed class ToolException(Message message, Exception? cause = null) : Exception(message.ToString(), cause)
{
    public int ExitCode { get; init; } = Tool.ExitCode.Trouble;
}
