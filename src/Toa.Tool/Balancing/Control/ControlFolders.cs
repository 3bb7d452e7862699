using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Toa.Tool.Machines;

namespace Toa.Tool.Balancing.Control;

/// <summary>The folders for control sockets: one for root, and one for each user that has a folder for such files.</summary>
internal static class ControlFolders
{
    public const string Names = "/run/toa/lb-DEVICE.sock, or $XDG_RUNTIME_DIR/toa/lb-DEVICE.sock without root";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Prefix = "lb-", Suffix = ".sock", UserFolder = "XDG_RUNTIME_DIR";

    /// <summary>Creates the socket of a balancer in the first folder that this process may write.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="device">The balancer's device, which names the socket.</param>
    /// <param name="problem">Why there is no socket.</param>
    /// <returns>The socket; null if this process may not write any folder.</returns>
    /// <exception cref="ToolException">Another balancer uses the socket; the message says what to do.</exception>
    public static ControlSocket? Create(IMachine machine, string device, out string? problem)
    {
        problem = null;
        foreach (string folder in Of(machine))
        {
            try
            {
                // Other users have no use for it, and could lock it.
                if (!OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder, OwnerOnly);
                    File.SetUnixFileMode(folder, OwnerOnly);
                }

                return ControlSocket.Create(Path.Combine(folder, $"{Prefix}{device}{Suffix}"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem ??= e.Message;
            }
        }

        return null;
    }

    /// <summary>Finds the socket of the balancer that runs.</summary>
    /// <exception cref="ToolException">No balancer runs, or several do; the message says what to do.</exception>
    public static string Find(IMachine machine)
    {
        string[] sockets = [.. Of(machine).SelectMany(Sockets).Where(SocketFile.IsServed)];
        return sockets switch
        {
            [var only] => only,
            [] => throw new ToolException(
                $"no balancer with a control socket is running. Start one with toa lb, or name its socket: --control PATH."),
            _ => throw new ToolException(
                $"several balancers are running. Name one of them: {string.Join(" or ", sockets.Select(path => $"--control {path}"))}."),
        };
    }

    private static IEnumerable<string> Of(IMachine machine)
    {
        yield return machine.PathOf("/run/toa");
        if (Environment.GetEnvironmentVariable(UserFolder) is { Length: > 0 } folder)
            yield return machine.PathOf(Path.Combine(folder, "toa"));
    }

    private static string[] Sockets(string folder)
    {
        try
        {
            return [.. Directory.GetFiles(folder, $"{Prefix}*{Suffix}").Where(SocketFile.IsSocket).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
