using System;
using System.IO;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Balancing.Control;

/// <summary>Whether and where a balancer has a control socket.</summary>
/// <param name="IsWanted">Whether it has one.</param>
/// <param name="Path">The path; null for the default one.</param>
internal sealed record ControlChoice(bool IsWanted, string? Path)
{
    /// <summary>Creates the socket.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="device">The balancer's device, which names the default socket.</param>
    /// <param name="warning">Why there is no socket, if this process may not create the default one.</param>
    /// <exception cref="ToolException">The path is in use, or cannot be created; the message says what to do.</exception>
    public ControlSocket? Open(IMachine machine, string device, out Message? warning)
    {
        warning = null;
        if (!IsWanted)
            return null;
        if (Path is not null)
            return Open(Path);
        ControlSocket? socket = ControlFolders.Create(machine, device, out string? problem);
        if (socket is null)
            warning = $"There is no control socket: {problem} To have one, name a path that this user may write: --control PATH.";
        return socket;
    }

    private static ControlSocket Open(string path)
    {
        try
        {
            return ControlSocket.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"--control: {path} cannot be created: {e.Message} Use a path in a folder that this user may write.", e);
        }
    }
}
