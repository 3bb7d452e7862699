using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>Writes a bundle into a file: complete, or not at all. Only its owner can read it.</summary>
internal static class BundleFile
{
    // Not the name of the file, which can be that of the machine.
    private const string Folder = "toa-doctor/";

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether the name is that of a compressed archive.</summary>
    public static bool IsName(string path) =>
        path.EndsWith(".tar.gz", StringComparison.Ordinal) || path.EndsWith(".tgz", StringComparison.Ordinal);

    /// <summary>Checks that a file can be made, before the user waits for its content.</summary>
    /// <exception cref="ToolException">It exists already, or cannot be made.</exception>
    public static void Check(string path)
    {
        RefuseExisting(path);
        string temporary = TemporaryName(path);
        Try(path, () => Create(temporary).Dispose());
        File.Delete(temporary);
    }

    /// <exception cref="ToolException">It exists already, or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped. No file is left.</exception>
    public static async Task<long> WriteAsync(string path, IReadOnlyList<BundleEntry> entries, DateTimeOffset time, CancellationToken stop)
    {
        RefuseExisting(path);
        string temporary = TemporaryName(path);
        try
        {
            long size = 0;
            await TryAsync(path, async () => size = await WriteNewAsync(temporary, entries, time, stop));
            stop.ThrowIfCancellationRequested();
            // It replaces no file that came in the meantime.
            Try(path, () => File.Move(temporary, path, overwrite: false));
            return size;
        }
        finally
        {
            // After the move it does not exist, and the folder may be gone.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private static FileStream Create(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        return new FileStream(path, options);
    }

    private static async Task<long> WriteNewAsync(
        string path, IReadOnlyList<BundleEntry> entries, DateTimeOffset time, CancellationToken stop)
    {
        await using FileStream file = Create(path);
        await using (GZipStream packed = new(file, CompressionLevel.Optimal, leaveOpen: true))
        await using (TarWriter archive = new(packed, TarEntryFormat.Ustar))
        {
            foreach (BundleEntry entry in entries)
            {
                UstarTarEntry member = new(TarEntryType.RegularFile, Folder + entry.Name)
                {
                    DataStream = new MemoryStream(entry.Bytes),
                    ModificationTime = time,
                    Mode = Mode,
                };
                await archive.WriteEntryAsync(member, stop);
            }
        }

        // A network file system reports a full disk only now.
        file.Flush(flushToDisk: true);
        return file.Length;
    }

    private static void RefuseExisting(string path)
    {
        if (Path.Exists(path))
            throw new ToolException($"{path} exists already, and is not replaced. Name another file with --bundle, or remove it.");
    }

    private static string TemporaryName(string path) => Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");

    private static void Try(string path, Action write) => TryAsync(path, () =>
    {
        write();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    private static async Task TryAsync(string path, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Message cure = e is DirectoryNotFoundException
                ? (Message)$"Make the folder, or name a file in an existing one."
                : $"Name a file in a folder that has space and to which you may write.";
            throw new ToolException($"cannot write the bundle {path}: {e.Message.TrimEnd('.')}. {cure}", e);
        }
    }
}
