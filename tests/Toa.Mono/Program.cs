using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Toa;
using Toa.Diagnostics;

namespace Toa.Mono;

/// <summary>Looks up the clients of real connections, and prints the results in TAP.</summary>
internal static class Program
{
    private static int s_number, s_failed;

    private static int Main()
    {
        Console.WriteLine($"# {RuntimeInformation.FrameworkDescription}");
        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            Sockets(address);
        SavedSyn();
        Check("the provider is named", ToaProvider.Detect().ToString().Length > 0);
        Check("counters that are missing are explained", ToaStatistics.TryRead(out _, out string? problem) || problem.Length > 0);
        Console.WriteLine($"1..{s_number}");
        return s_failed;
    }

    private static void Sockets(IPAddress address)
    {
        using Connection connection = new(address, listener => { });
        Socket server = connection.Server;
        Check($"{address}: GetRealRemoteEndPoint", server.GetRealRemoteEndPoint().Equals(connection.Client));
        ToaEndPoint client = server.GetRealClient();
        Check($"{address}: GetRealClient", client.ToIPEndPoint().Equals(connection.Client) && client.Source == ToaSource.PeerName);
        Check($"{address}: TryGetRealClient", server.TryGetRealClient(out ToaEndPoint tried) && tried.Equals(client));
        ToaResolver resolver = new(new ToaOptions { KnownIPNetworks = { "127.0.0.0/8", "::1/128" }, WhenUntrusted = ToaAction.Refuse });
        Check($"{address}: a known peer is trusted", resolver.Resolve(server) is { Trust: ToaTrust.Trusted } found && found.Client.Equals(client));
        ToaResolver strict = new(new ToaOptions { KnownIPNetworks = { "192.0.2.0/24" }, WhenUntrusted = ToaAction.Refuse });
        Check($"{address}: an unknown peer is refused", !strict.TryResolve(server, out _));
        server.Dispose();
        Check($"{address}: a closed socket has no client", !server.TryGetRealClient(out _));
    }

    private static void SavedSyn()
    {
        using Connection connection = new(IPAddress.Loopback, listener => listener.SaveSyn());
        ToaResolver resolver = new(new ToaOptions { ReadSavedSyn = true, KnownIPNetworks = { "127.0.0.0/8" } });
        Check("the saved SYN names its sender", resolver.Resolve(connection.Server) is { Trust: ToaTrust.Trusted } found
            && found.TransportPeer.ToIPEndPoint().Equals(connection.Client));
    }

    private static void Check(string name, bool holds)
    {
        Console.WriteLine($"{(holds ? "ok" : "not ok")} {++s_number} - {name}");
        if (!holds)
            s_failed = 1;
    }

    private sealed class Connection : IDisposable
    {
        private readonly Socket _listener, _client;

        public Connection(IPAddress address, Action<Socket> configure)
        {
            _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(address, 0));
            configure(_listener);
            _listener.Listen(1);
            _client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _client.Connect(_listener.LocalEndPoint!);
            Client = (IPEndPoint)_client.LocalEndPoint!;
            Server = _listener.Accept();
        }

        public IPEndPoint Client { get; }

        public Socket Server { get; }

        public void Dispose()
        {
            Server.Dispose();
            _client.Dispose();
            _listener.Dispose();
        }
    }
}
