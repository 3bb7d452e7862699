using System;
using System.Net;

namespace Toa.Scenarios.Posix;

/// <summary>A listening socket on an ephemeral port; <c>[::]</c> is dual-mode.</summary>
internal sealed unsafe class Listener : PosixSocket
{
    public Listener(IPAddress address, int protocol = 0, bool deferAccept = false)
        : base(Check(Libc.socket(Family(address), Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, protocol), "socket"))
    {
        SetOption(Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1);
        if (Family(address) == Libc.AF_INET6)
            SetOption(Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 0);
        if (deferAccept)
            SetOption(Libc.IPPROTO_TCP, Libc.TCP_DEFER_ACCEPT, 5);
        byte[] name = SocketAddress.Write(new IPEndPoint(address, 0));
        fixed (byte* pointer = name)
            Check(Libc.bind(Fd, pointer, (uint)name.Length), "bind");
        Check(Libc.listen(Fd, 4096), "listen");
        Port = Name.Port;
    }

    public int Port { get; }

    /// <summary>Makes the kernel keep the SYNs of new connections.</summary>
    public void SaveSyn() => SetOption(Libc.IPPROTO_TCP, Libc.TCP_SAVE_SYN, 1);

    /// <summary>Accepts data on the SYN of new connections.</summary>
    public void AllowFastOpen() => SetOption(Libc.IPPROTO_TCP, Libc.TCP_FASTOPEN, 16);

    /// <summary>Waits a minute at the most.</summary>
    public Accepted Accept()
    {
        var poll = new Libc.PollFd { Fd = Fd, Events = Libc.POLLIN };
        if (Check(Libc.poll(&poll, 1, 60_000), "poll") == 0)
            throw new TimeoutException("no connection reached the listener within a minute");
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        uint length = SocketAddress.MaxSize;
        int fd = Check(Libc.accept4(Fd, address, &length, Libc.SOCK_CLOEXEC), "accept4");
        return new Accepted(fd, SocketAddress.Read(new ReadOnlySpan<byte>(address, (int)length)));
    }

    private static int Family(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6;
}
