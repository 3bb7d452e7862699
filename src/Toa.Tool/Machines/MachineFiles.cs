using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security;

namespace Toa.Tool.Machines;

/// <summary>
/// Reads a machine's files. A missing file is null, and a missing folder is empty. A file that this process is not allowed to
/// read causes an exception.
/// </summary>
internal static class MachineFiles
{
    public static string PathOf(this IMachine machine, string path) => Path.Combine(machine.Root, path.TrimStart('/'));

    public static bool Exists(this IMachine machine, string path) =>
        File.Exists(machine.PathOf(path)) || Directory.Exists(machine.PathOf(path));

    /// <summary>The release of the running kernel, which is also its folder in /lib/modules.</summary>
    public static string KernelRelease(this IMachine machine) =>
        machine.ReadText("proc/sys/kernel/osrelease")?.Trim() ?? Environment.OSVersion.Version.ToString();

    /// <exception cref="CannotLookException">It exists, but this process is not allowed to read it.</exception>
    public static string? ReadText(this IMachine machine, string path) => machine.Read(path, File.ReadAllText);

    /// <exception cref="CannotLookException">It exists, but this process is not allowed to read it.</exception>
    public static byte[]? ReadBytes(this IMachine machine, string path) => machine.Read(path, File.ReadAllBytes);

    /// <summary>The names of a folder's entries, sorted.</summary>
    /// <exception cref="CannotLookException">It exists, but this process is not allowed to read it.</exception>
    public static IReadOnlyList<string> List(this IMachine machine, string path) =>
        machine.Read(path, folder => new DirectoryInfo(folder).EnumerateFileSystemInfos()
            .Select(entry => entry.Name).Order(StringComparer.Ordinal).ToArray()) ?? [];

    private static T? Read<T>(this IMachine machine, string path, Func<string, T> read)
        where T : class
    {
        string file = machine.PathOf(path);
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SecurityException)
        {
            throw new CannotLookException($"This user is not allowed to read {file}.", $"Run toa as root.");
        }
        catch (IOException e)
        {
            throw new CannotLookException($"{file} cannot be read: {e.Message}", $"See the kernel's log.");
        }
    }
}
