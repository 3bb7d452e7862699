using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;

namespace Toa.PlayedProvider;

/// <summary>
/// Puts the provider of provider.c between the library and the kernel, for this whole process: connections to 127.6.x.x then
/// have IPv6 clients, those to 127.4.x.x have IPv4 ones, and all others have none.
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

    /// <summary>Where connections come in that passed a NAT64 balancer.</summary>
    public static IPAddress Nat64 { get; } = IPAddress.Parse("127.6.0.1");

    /// <summary>Where connections come in that passed a hybrid cloud's balancer.</summary>
    public static IPAddress HybridCloud { get; } = IPAddress.Parse("127.4.0.1");

    /// <summary>Where connections come in directly.</summary>
    public static IPAddress Direct { get; } = IPAddress.Loopback;

    /// <summary>How often the library has asked the kernel so far.</summary>
    public static Calls Calls
    {
        get
        {
            long* calls = stackalloc long[3];
            CallsExport(calls);
            return new Calls(calls[0], calls[1], calls[2]);
        }
    }

    /// <summary>Plays a provider from now on, and returns once the library has noticed it.</summary>
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

        // The library asks anew once a second for what was unknown.
        Stopwatch waited = Stopwatch.StartNew();
        while ((accepted.GetRealClient().Source == ToaSource.IPv4Option) != (provider == Provider.Ours))
        {
            if (waited.Elapsed > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"The library does not notice the provider {provider}.");
            Thread.Sleep(20);
        }
    }

    /// <summary>The client that a connection has, by the end that it has here and the end that the server has.</summary>
    public static IPEndPoint ClientOf(IPEndPoint transportPeer, IPAddress server)
    {
        byte[] peer = transportPeer.Address.MapToIPv4().GetAddressBytes();
        return new IPEndPoint(
            server.Equals(Nat64) ? new IPAddress([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, .. peer])
            : server.Equals(HybridCloud) ? new IPAddress([198, 18, peer[2], peer[3]])
            : new IPAddress(peer),
            transportPeer.Port);
    }
}
