using System;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toa.Scenarios.Posix;

/// <summary>A file descriptor of a socket, closed on disposal.</summary>
internal abstract unsafe class PosixSocket(int fd) : IDisposable
{
    private bool _closed;

    public int Fd { get; } = fd;

    /// <summary>getsockname: the local end.</summary>
    public IPEndPoint Name
    {
        get
        {
            byte* address = stackalloc byte[SocketAddress.MaxSize];
            uint length = SocketAddress.MaxSize;
            Check(Libc.getsockname(Fd, address, &length), "getsockname");
            return SocketAddress.Read(new ReadOnlySpan<byte>(address, (int)length));
        }
    }

    /// <summary>SO_PROTOCOL: the protocol of the socket.</summary>
    public int Protocol
    {
        get
        {
            int value;
            uint length = sizeof(int);
            Check(Libc.getsockopt(Fd, Libc.SOL_SOCKET, Libc.SO_PROTOCOL, (byte*)&value, &length), "getsockopt SO_PROTOCOL");
            return value;
        }
    }

    /// <summary>getsockopt(IPPROTO_IP, option, value, &amp;length). Returns the errno, or 0.</summary>
    /// <param name="option">4096 or 4097.</param>
    /// <param name="value">The buffer, whose length is passed to the call.</param>
    /// <param name="length">The length that the call returned.</param>
    public int GetOption(int option, Span<byte> value, out uint length)
    {
        length = (uint)value.Length;
        fixed (byte* pointer = value)
        fixed (uint* lengthPointer = &length)
            return Errno(Libc.getsockopt(Fd, Libc.IPPROTO_IP, option, pointer, lengthPointer));
    }

    /// <summary>The same with any address, also one without memory.</summary>
    public int GetOptionInto(int option, nuint address, uint length) =>
        Errno(Libc.getsockopt(Fd, Libc.IPPROTO_IP, option, (byte*)address, &length));

    public void Connect(IPEndPoint server)
    {
        byte[] name = SocketAddress.Write(server);
        fixed (byte* pointer = name)
            Check(Libc.connect(Fd, pointer, (uint)name.Length), "connect");
    }

    /// <summary>Disconnects the socket, with connect to AF_UNSPEC.</summary>
    public void Disconnect()
    {
        byte* unspecified = stackalloc byte[16];
        new Span<byte>(unspecified, 16).Clear();
        Check(Libc.connect(Fd, unspecified, 16), "connect to AF_UNSPEC");
    }

    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        Libc.close(Fd);
    }

    protected static int Errno(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    protected static int Check(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call}: errno {Marshal.GetLastPInvokeError()}");

    public void SetOption(int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
            Check(Libc.setsockopt(Fd, level, option, pointer, (uint)value.Length), "setsockopt");
    }

    public void SetOption(int level, int option, int value) =>
        Check(Libc.setsockopt(Fd, level, option, (byte*)&value, sizeof(int)), "setsockopt");

    /// <summary>A .NET socket on the same descriptor, which this object still closes.</summary>
    public Socket AsDotNetSocket() => new(new SafeSocketHandle(Fd, ownsHandle: false));
}
