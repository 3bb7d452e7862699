using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toa.Tool.Balancing.Control;

/// <summary>The kind of a file at the path of a socket.</summary>
internal static partial class SocketFile
{
    /// <summary>The longest path of a socket, in bytes: sun_path without its final zero.</summary>
    public const int MostPathBytes = 107;

    private const int Here = -100, NotThroughLinks = 0x100, TypeOnly = 1, ModeOffset = 28, TypeMask = 0xf000, SocketType = 0xc000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Whether there is a socket. A link to one is not a socket.</summary>
    public static bool IsSocket(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return Status(Here, path, NotThroughLinks, TypeOnly, ref status[0]) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & TypeMask) == SocketType;
    }

    /// <summary>Whether a program listens on a socket. If this user may not connect, there may be one.</summary>
    public static bool IsServed(string path)
    {
        // A program that does not accept connections is a program too: do not wait for it.
        using Socket probe = new(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified)
        {
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable) && File.Exists(path);
        }
    }

    // statx(2): .NET does not tell sockets from other files.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint fields, ref byte status);
}
