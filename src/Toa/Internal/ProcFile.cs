using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;

namespace Toa.Internal;

/// <summary>Reads the files of a provider, and explains errors to an operator.</summary>
internal static class ProcFile
{
    /// <param name="host">The machine.</param>
    /// <param name="path">The file of kernel modules.</param>
    /// <param name="ebpfPath">The file of the eBPF provider.</param>
    /// <returns>The text, or <see langword="null"/> if no provider has the file.</returns>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to read the file.</exception>
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
            // For users other than root, the file of the eBPF provider does not even appear to exist.
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
