using System;
using System.Net;

namespace Toa.Scenarios.Posix;

/// <summary>A connection as the server holds it.</summary>
internal sealed unsafe class Accepted(int fd, IPEndPoint acceptName) : PosixSocket(fd)
{
    /// <summary>The peer that accept named.</summary>
    public IPEndPoint AcceptName { get; } = acceptName;

    /// <summary>getpeername.</summary>
    public IPEndPoint PeerName
    {
        get
        {
            byte* address = stackalloc byte[SocketAddress.MaxSize];
            uint length = SocketAddress.MaxSize;
            Check(Libc.getpeername(Fd, address, &length), "getpeername");
            return SocketAddress.Read(new ReadOnlySpan<byte>(address, (int)length));
        }
    }

    public void Send(ReadOnlySpan<byte> data)
    {
        fixed (byte* pointer = data)
            Check((int)Libc.send(Fd, pointer, (nuint)data.Length, 0), "send");
    }

    /// <summary>Waits a minute at the most. Returns no bytes at the end of the stream.</summary>
    public byte[] Receive()
    {
        var poll = new Libc.PollFd { Fd = Fd, Events = Libc.POLLIN };
        if (Check(Libc.poll(&poll, 1, 60_000), "poll") == 0)
            throw new TimeoutException("no data reached the server within a minute");
        byte* buffer = stackalloc byte[4096];
        int count = Check((int)Libc.recv(Fd, buffer, 4096, 0), "recv");
        return new ReadOnlySpan<byte>(buffer, count).ToArray();
    }
}
