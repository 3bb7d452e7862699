using System;

namespace Toa.Tool.Balancing.Control;

/// <summary>A request on the control socket that cannot be served.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One line: what is wrong, and what to do.</param>
internal sealed class ControlException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
