using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;

namespace Toa.Internal;

/// <summary>Reads what a provider shows under /proc, and says in words what is in the way.</summary>
internal static class ProcFile
{
    /// <param name="host">The machine.</param>
    /// <param name="path">Where modules show it.</param>
    /// <param name="ebpfPath">Where the eBPF provider shows it.</param>
    /// <returns>The text, or <see langword="null"/> if no provider shows it.</returns>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static string? Find(HostFiles host, string path, string ebpfPath) =>
        Read(host.PathOf(path)) ?? Read(host.PathOf(ebpfPath));

    public static FileNotFoundException Missing(HostFiles host, string path)
    {
        string file = host.PathOf(path);
        return new FileNotFoundException(
            $"{file} does not exist: no TOA provider is loaded, or it has no such file. In a container, the provider of the host "
            + "must show it in every network namespace, as this project's module does. Only root can read the files of the eBPF "
            + "provider.", file);
    }

    private static string? Read(string file)
    {
        try
        {
            // Users other than root do not even see whether the eBPF provider's is there.
            return File.Exists(file) || Directory.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"This user is not allowed to read {file}: run as root, or change its mode.", e);
        }
    }

    public static IEnumerable<string> Lines(string text) => text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    public static bool Try<T>(
        Func<T> read, [NotNullWhen(true)] out T? result, [NotNullWhen(false)] out string? problem)
        where T : class
    {
        try
        {
            result = read();
            problem = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            result = null;
            problem = e.Message;
            return false;
        }
    }
}
