using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;

namespace Toa.PlayedProvider;

/// <summary>
/// Puts the provider of provider.c between the library and the kernel, for this whole process. Connections to 127.6.x.x then
/// have IPv6 clients, those to 127.4.x.x and 127.8.x.x have IPv4 clients, and all others have none.
/// </summary>
public static unsafe class Stage
{
    private static readonly nint Library = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, "libplayedprovider.so"));
    private static readonly delegate* unmanaged<int, void> UseExport =
        (delegate* unmanaged<int, void>)NativeLibrary.GetExport(Library, "played_use");
    private static readonly delegate* unmanaged<long*, void> CallsExport =
        (delegate* unmanaged<long*, void>)NativeLibrary.GetExport(Library, "played_calls");

    static Stage() =>
        NativeLibrary.SetDllImportResolver(
            typeof(ToaResolver).Assembly, static (name, _, _) => name == "libc" ? Library : 0);

    /// <summary>The server address of connections through a NAT64 balancer.</summary>
    public static IPAddress Nat64 { get; } = IPAddress.Parse("127.6.0.1");

    /// <summary>The server address of connections through a balancer of a hybrid cloud.</summary>
    public static IPAddress HybridCloud { get; } = IPAddress.Parse("127.4.0.1");

    /// <summary>The server address of connections through a balancer of a VPC, which also writes a virtual address and a network.</summary>
    public static IPAddress Vpc { get; } = IPAddress.Parse("127.8.0.1");

    /// <summary>The server address of direct connections.</summary>
    public static IPAddress Direct { get; } = IPAddress.Loopback;

    /// <summary>The numbers of the library's system calls so far.</summary>
    public static Calls Calls
    {
        get
        {
            long* calls = stackalloc long[3];
            CallsExport(calls);
            return new Calls(calls[0], calls[1], calls[2]);
        }
    }

    /// <summary>Simulates a provider from now on. Returns when the library has detected it.</summary>
    public static void Use(Provider provider)
    {
        UseExport((int)provider);
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(HybridCloud, 0));
        listener.Listen();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using Socket accepted = listener.Accept();

        Calls before = Calls;
        accepted.GetRealClient();
        if (Calls == before)
            throw new InvalidOperationException("The library asks the kernel itself: its first call came before the stage was set.");

        // The library repeats a call that was not supported, but only once a second.
        Stopwatch waited = Stopwatch.StartNew();
        while ((accepted.GetRealClient().Source == ToaSource.IPv4Option) != (provider == Provider.Ours))
        {
            if (waited.Elapsed > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"The library does not notice the provider {provider}.");
            Thread.Sleep(20);
        }
    }

    /// <summary>The client of a connection, from its transport peer and the server's address.</summary>
    public static IPEndPoint ClientOf(IPEndPoint transportPeer, IPAddress server)
    {
        byte[] peer = transportPeer.Address.MapToIPv4().GetAddressBytes();
        return new IPEndPoint(
            server.Equals(Nat64) ? new IPAddress([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, .. peer])
            : server.Equals(HybridCloud) || server.Equals(Vpc) ? new IPAddress([198, 18, peer[2], peer[3]])
            : new IPAddress(peer),
            transportPeer.Port);
    }
}
