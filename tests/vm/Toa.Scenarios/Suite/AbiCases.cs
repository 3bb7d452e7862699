using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>getsockopt 4096 with every kind of buffer and socket that a program can pass.</summary>
internal static class AbiCases
{
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::b:1]:40001");

    public static IEnumerable<Scenario> All() =>
    [
        new("a buffer shorter than 20 bytes is refused with EINVAL", stage => WithNat64(stage, pair =>
        {
            for (int size = 0; size < Nat64Lookup.Size; size++)
                Expect.Equal(Provider.Current.Errno(Libc.EINVAL), Nat64Lookup.Ask(pair.Server, size).Errno, $"errno for {size} bytes");
        })),
        new("a longer buffer is left alone behind its first 20 bytes", stage => WithNat64(stage, pair =>
        {
            foreach (int size in (int[])[21, 32, 4096])
                Expect.Equal((0, s_ipv6), Nat64Lookup.Ask(pair.Server, size), $"the answer for {size} bytes");
        })),
        new("a bad pointer is refused with EFAULT", stage => WithNat64(stage, pair =>
        {
            Expect.Equal(NullPointer, pair.Server.GetOptionInto(4096, 0, Nat64Lookup.Size), "errno for a null pointer");
            Expect.Equal(Libc.EFAULT, pair.Server.GetOptionInto(4096, 4096, Nat64Lookup.Size), "errno for an unmapped page");
            Expect.Equal(Libc.EFAULT, pair.Server.GetOptionInto(4096, nuint.MaxValue - 8, Nat64Lookup.Size), "errno for a kernel address");
        })),
        new("a length that is negative is refused with EINVAL", stage => WithNat64(stage, pair =>
            Expect.Equal(Libc.EINVAL, pair.Server.GetOptionInto(4096, 0, uint.MaxValue), "errno"))),
        new("a listening socket is refused with ENOTCONN", stage =>
        {
            foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
            {
                using var listener = new Listener(address);
                Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), Nat64Lookup.Ask(listener).Errno, "errno");
            }
        }),
        new("a UDP socket is refused with ENOTCONN", stage =>
        {
            foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                using var socket = new BareSocket(family, Libc.SOCK_DGRAM);
                Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), Nat64Lookup.Ask(socket).Errno, "errno");
            }
        }),
        new("an unconnected socket is refused with ENOTCONN", stage =>
        {
            using var socket = new BareSocket(AddressFamily.InterNetwork, Libc.SOCK_STREAM);
            Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), Nat64Lookup.Ask(socket).Errno, "errno");
        }),
        new("a connection that was reset is refused with ENOTCONN", stage => WithNat64(stage, pair =>
        {
            pair.Client.Reset();
            Expect.Eventually(() => Nat64Lookup.Ask(pair.Server).Errno == Provider.Current.Errno(Libc.ENOTCONN), () => "still answered");
        })),
        new("a half-closed connection still answers", stage => WithNat64(stage, pair =>
        {
            pair.Client.CloseOutput();
            Expect.Equal(0, pair.Server.Receive().Length, "bytes at the end of the stream");
            Expect.Equal((0, s_ipv6), Nat64Lookup.Ask(pair.Server), "the answer");
        })),
        new("a connection that this machine made is empty", stage =>
        {
            using var listener = new Listener(IPAddress.Loopback);
            using var socket = new BareSocket(AddressFamily.InterNetwork, Libc.SOCK_STREAM);
            socket.Connect(new IPEndPoint(IPAddress.Loopback, listener.Port));
            using Accepted accepted = listener.Accept();
            Expect.Equal(Provider.Current.Errno(Libc.EINVAL), Nat64Lookup.Ask(socket).Errno, "errno");
        }),
        new("toa_info tells option, client and transport peer", InfoTells),
        new("toa_info is cut to the caller's size", InfoIsCut),
        new("toa_info refuses what is not a connection", InfoRefuses),
        new("a 64-bit C server prints the real clients", stage => CServer(stage, "toa_server")),
        // The kernel runs no eBPF program for a 32-bit getsockopt.
        Scenario.OfModule("a 32-bit C server prints the real clients", stage => CServer(stage, "toa_server32")),
        new("a socket that is disconnected and used again forgets its client", ReusedSocket),
        new("the counters tell hits, mismatches and misses apart", CountersTell),
    ];

    private static int NullPointer => Provider.Current.SeesNullPointers ? Libc.EFAULT : 0;

    private static void WithNat64(Stage stage, Action<ConnectedPair> test)
    {
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using var listener = new Listener(address);
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.ToaIPv6(s_ipv6));
            test(pair);
        }
    }

    private static void InfoTells(Stage stage)
    {
        var none = new IPEndPoint(IPAddress.IPv6Any, 0);
        var ipv4 = IPEndPoint.Parse("192.0.2.1:1");
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using var listener = new Listener(address);
            using ConnectedPair plain = stage.Connect(listener);
            Expect.Equal((0, new ToaInfo(0, 0, none, plain.Client.Client)), ToaInfo.Ask(plain.Server), "without an option");
            using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(ipv4));
            Expect.Equal((0, new ToaInfo(200, 8, ipv4, hybrid.Client.Client)), ToaInfo.Ask(hybrid.Server), "with option 200");
            using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
            Expect.Equal((0, new ToaInfo(253, 20, s_ipv6, nat64.Client.Client)), ToaInfo.Ask(nat64.Server), "with option 253");
        }
        using var ipv6Listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair ipv6 = stage.Connect(ipv6Listener, new ConnectRequest
        {
            Client = stage.NextBalancer(AddressFamily.InterNetworkV6),
            Server = Stage.ServerEnd(ipv6Listener, AddressFamily.InterNetworkV6),
            Option = OptionBytes.Toa(s_ipv6),
        });
        Expect.Equal((0, new ToaInfo(253, 20, s_ipv6, ipv6.Client.Client)), ToaInfo.Ask(ipv6.Server), "over IPv6");
    }

    private static void InfoIsCut(Stage stage) => WithNat64(stage, pair =>
    {
        var whole = new byte[ToaInfo.Size];
        Expect.Equal(0, pair.Server.GetOption(4097, whole, out _), "errno");
        for (int size = 0; size < ToaInfo.Size; size++)
        {
            var buffer = new byte[ToaInfo.Size];
            Array.Fill(buffer, (byte)0xee);
            Expect.Equal(0, pair.Server.GetOption(4097, buffer.AsSpan(0, size), out uint length), $"errno for {size} bytes");
            Expect.Equal((uint)size, length, "the length written back");
            Expect.True(buffer.AsSpan(0, size).SequenceEqual(whole.AsSpan(0, size)), $"the first {size} bytes differ");
            Expect.True(buffer.AsSpan(size).IndexOfAnyExcept((byte)0xee) < 0, $"more than {size} bytes were written");
        }
    });

    private static void InfoRefuses(Stage stage)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), ToaInfo.Ask(listener).Errno, "errno of a listener");
        using var udp = new BareSocket(AddressFamily.InterNetwork, Libc.SOCK_DGRAM);
        Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), ToaInfo.Ask(udp).Errno, "errno of UDP");
        using ConnectedPair pair = stage.Connect(listener);
        Expect.Equal(NullPointer, pair.Server.GetOptionInto(4097, 0, ToaInfo.Size), "errno for a null pointer");
        Expect.Equal(Libc.EINVAL, pair.Server.GetOptionInto(4097, 0, uint.MaxValue), "errno for a negative length");
        Expect.Equal(Libc.ENOPROTOOPT, pair.Server.GetOption(4098, new byte[64], out _), "errno of option 4098");
    }

    private static void CServer(Stage stage, string program)
    {
        var listener = new IPEndPoint(Stage.ServerIPv4, 7002);
        using var server = new ServerProcess(stage.PathOf(program), [listener.Port.ToString()]);
        foreach (string client in (string[])["v6 [2001:db8::b:1]:40001", "v4 [192.0.2.1]:1"])
        {
            string endPoint = client.StartsWith("v6 ") ? client[3..] : client[3..].Replace("[", "").Replace("]", "");
            using InjectedConnection connection = stage.Injector.Connect(new ConnectRequest
            {
                Client = stage.NextBalancer(),
                Server = listener,
                Option = OptionBytes.Toa(IPEndPoint.Parse(endPoint)),
            });
            Expect.Equal("real client " + client, server.NextLine(), "the server's line");
        }
        server.Stop();
    }

    private static void ReusedSocket(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using var elsewhere = new Listener(IPAddress.Loopback);
        foreach (OptionBytes option in (OptionBytes[])[OptionBytes.ToaIPv6(s_ipv6), OptionBytes.Toa(IPEndPoint.Parse("192.0.2.1:1"))])
        {
            using ConnectedPair pair = stage.Connect(listener, option);
            pair.Server.Disconnect();
            Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), Nat64Lookup.Ask(pair.Server).Errno, "errno when disconnected");
            var server = new IPEndPoint(IPAddress.Loopback, elsewhere.Port);
            pair.Server.Connect(server);
            Expect.Equal(Provider.Current.Errno(Libc.EINVAL), Nat64Lookup.Ask(pair.Server).Errno, "errno when connected elsewhere");
            Expect.Equal(server, pair.Server.PeerName, "getpeername when connected elsewhere");
        }
    }

    private static void CountersTell(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.ToaIPv6(s_ipv6));
        using ConnectedPair plain = stage.Connect(listener);
        Counters before = Counters.Read();
        using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(IPEndPoint.Parse("192.0.2.1:1")));
        Counters.ExpectMoved(before, ("getname_toa_ok", 1)); // accept

        before = Counters.Read();
        _ = hybrid.Server.PeerName;
        _ = nat64.Server.PeerName;
        Counters.ExpectMoved(before, ("getname_toa_ok", 1));

        before = Counters.Read();
        Nat64Lookup.Ask(nat64.Server);
        Nat64Lookup.Ask(hybrid.Server);
        Nat64Lookup.Ask(plain.Server);
        Counters.ExpectMoved(before, ("getname_toa_ok", 1), ("getname_toa_mismatch", 1), ("getname_toa_empty", 1));
    }
}
