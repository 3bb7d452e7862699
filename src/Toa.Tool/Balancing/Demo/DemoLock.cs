using System;
using System.IO;
using Toa.Tool.Machines;

namespace Toa.Tool.Balancing.Demo;

/// <summary>
/// Allows one demo at a time, because its namespaces have fixed names. If the process is killed, the kernel releases the lock.
/// </summary>
internal static class DemoLock
{
    private const string Path = "run/toa-lb-demo.lock";

    /// <exception cref="ToolException">Another demo is running.</exception>
    public static IDisposable Take(IMachine machine)
    {
        try
        {
            return new FileStream(
                machine.PathOf(Path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new ToolException(
                $"another toa lb demo is running, or {machine.PathOf(Path)} cannot be written. Use the running demo, or stop "
                + $"it first.",
                e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ToolException(
                $"this user is not allowed to write {machine.PathOf(Path)}: run sudo toa lb demo.", e);
        }
    }
}
