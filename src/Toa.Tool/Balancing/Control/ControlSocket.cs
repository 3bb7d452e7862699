using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Toa.Tool.Balancing.Control;

/// <summary>The Unix socket on which a balancer is controlled. Only its user and root can connect to it.</summary>
internal sealed class ControlSocket : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private bool _isDisposed;

    private ControlSocket(string path, Socket listener)
    {
        Path = path;
        Listener = listener;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    public Socket Listener { get; }

    /// <summary>Creates the socket. A socket file that a dead process has left is replaced.</summary>
    /// <exception cref="ToolException">The path is in use; the message says what to do.</exception>
    /// <exception cref="IOException">The file cannot be created; the message says why.</exception>
    public static ControlSocket Create(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Encoding.UTF8.GetByteCount(path) > SocketFile.MostPathBytes)
            throw new IOException($"the path is longer than {SocketFile.MostPathBytes} bytes.");
        using IDisposable alone = FolderLock.Take(System.IO.Path.GetDirectoryName(path) ?? "/");
        RemoveAbandoned(path);
        return new ControlSocket(path, Listen(path));
    }

    /// <summary>Closes the socket, and removes its file.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        IDisposable? alone = null;
        try
        {
            // Without the lock, another balancer could replace the closed socket before .NET removes the file, and lose its own.
            alone = FolderLock.Take(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (IOException)
        {
            // The folder is gone.
        }

        Listener.Dispose(); // removes the file
        alone?.Dispose();
    }

    private static void RemoveAbandoned(string path)
    {
        if (!System.IO.Path.Exists(path))
            return;
        if (!SocketFile.IsSocket(path))
            throw new ToolException($"--control: {path} exists and is not a socket. Use another path, or remove the file.");
        if (SocketFile.IsServed(path))
            throw new ToolException(
                $"--control: a running balancer uses {path}. Use another path, or --no-control to start without a control socket.");
        File.Delete(path);
    }

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Before bind(2), which takes the mode of the file from here: there is no moment at which others can connect.
            using SafeFileHandle file = new(listener.Handle, ownsHandle: false);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, OwnerOnly);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"{e.Message}.", e);
        }
    }
}
