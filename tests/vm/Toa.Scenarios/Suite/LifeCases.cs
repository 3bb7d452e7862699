using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Many connections, also while the provider is loaded and unloaded.</summary>
internal static class LifeCases
{
    private const int Many = 3000;

    public static IEnumerable<Scenario> All() =>
    [
        new("3000 connections on 0.0.0.0 each answer with their own client", stage => EachItsOwn(stage, IPAddress.Any)),
        new("3000 connections on [::] each answer with their own client", stage => EachItsOwn(stage, IPAddress.IPv6Any)),
        new("rmmod with live connections, and the server goes on serving", UnloadAmongConnections),
        new("connections older than insmod are left alone", OlderThanTheModule),
        new("a deferred accept sees the option on the data", DeferredAccept),
        new("a deferred accept does not see an option that is on the ACK only", DeferredAcceptOfAck),
        new("an option on later data changes nothing", LaterData),
        new("a connection that was reset before accept is named as any other", ResetBeforeAccept),
        new("a connection that was restored without a handshake (TCP_REPAIR) has no client", Restored),
        new("load and unload are logged in the manual's words", LoggedInWords),
    ];

    private static void EachItsOwn(Stage stage, IPAddress address)
    {
        using var listener = new Listener(address);
        var expected = new Dictionary<IPEndPoint, Expectation>(Many);
        var pairs = new List<ConnectedPair>(Many);
        var requests = new List<ConnectRequest>(Many);
        for (int i = 0; i < Many; i++)
        {
            IPEndPoint balancer = stage.NextBalancer();
            (OptionBytes option, Expectation expectation) = Client(i, balancer);
            expected[expectation.Name] = expectation;
            requests.Add(new ConnectRequest { Client = balancer, Server = Stage.ServerEnd(listener), Option = option });
        }
        InjectedConnection[] clients = stage.Injector.ConnectMany(requests);

        var accepted = new List<Accepted>(Many);
        for (int i = 0; i < Many; i++)
            accepted.Add(listener.Accept());
        foreach (Accepted server in accepted)
        {
            IPEndPoint name = server.AcceptName;
            if (name.Address.IsIPv4MappedToIPv6)
                name = new IPEndPoint(name.Address.MapToIPv4(), name.Port);
            Expect.True(expected.Remove(name, out Expectation? expectation), $"accept named {name}, which no client has");
            expectation!.Check(server, Stage.ServerEnd(listener));
        }
        foreach (InjectedConnection client in clients)
            client.Dispose();
        foreach (Accepted server in accepted)
            server.Dispose();
        Memory.ExpectAllFreed();
    }

    /// <summary>
    /// One third of the clients comes through NAT64, one third through the hybrid cloud, and one third directly.
    /// </summary>
    private static (OptionBytes, Expectation) Client(int number, IPEndPoint balancer)
    {
        var low = (byte)number;
        var high = (byte)(number >> 8);
        switch (number % 3)
        {
            case 0:
                byte[] bytes = IPAddress.Parse("2001:db8:1::").GetAddressBytes();
                (bytes[14], bytes[15]) = (high, low);
                var ipv6 = new IPEndPoint(new IPAddress(bytes), 10_000 + number);
                return (OptionBytes.ToaIPv6(ipv6), Expectation.Ipv6(ipv6, balancer));
            case 1:
                var ipv4 = new IPEndPoint(new IPAddress([198, 18, high, low]), 20_000 + number);
                return (OptionBytes.ToaIPv4(ipv4), Expectation.Ipv4(ipv4));
            default:
                return (OptionBytes.None, Expectation.Transport(balancer));
        }
    }

    private static void UnloadAmongConnections(Stage stage)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        List<ConnectedPair> pairs = [.. Enumerable.Range(0, 60).Select(i =>
            stage.Connect(listener, Client(i, stage.NextBalancer()).Item1))];

        stage.Provider.Unload();
        foreach (ConnectedPair pair in pairs)
        {
            Expectation.NoProvider(pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);
            pair.ExpectServed();
        }
        using (ConnectedPair late = stage.Connect(listener, Client(0, stage.NextBalancer()).Item1))
        {
            late.Expect(Expectation.NoProvider(late.Client.Client));
            late.ExpectServed();
        }
        foreach (ConnectedPair pair in pairs.Take(30))
            pair.Dispose();

        stage.Provider.Load();
        foreach (ConnectedPair pair in pairs.Skip(30))
        {
            Expectation.Transport(pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);
            pair.Dispose();
        }
        Expect.Equal(0, Counters.Read()["ip6_address_free"], "frees of what an earlier load had stored");
    }

    private static void OlderThanTheModule(Stage stage)
    {
        stage.Provider.Unload();
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair older = stage.Connect(listener, Client(0, stage.NextBalancer()).Item1);
        stage.Provider.Load();

        Expectation.Transport(older.Client.Client).CheckAgain(older.Server, older.Client.Server);
        older.ExpectServed();
        using ConnectedPair newer = stage.Connect(listener, Client(0, stage.NextBalancer()).Item1);
        newer.Expect(Client(0, newer.Client.Client).Item2);
        older.Dispose();
        newer.Dispose();
        Memory.ExpectAllFreed();
        Expect.Equal(1, Counters.Read()["ip6_address_free"], "frees");
    }

    private static void DeferredAccept(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any, deferAccept: true);
        IPEndPoint balancer = stage.NextBalancer();
        (OptionBytes option, Expectation expectation) = Client(0, balancer);
        InjectedConnection client = stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = Stage.ServerEnd(listener),
            Option = option,
        });
        client.Send("hello"u8);
        using var pair = new ConnectedPair(client, listener.Accept());
        pair.Expect(expectation);
        Expect.Equal(5, pair.Server.Receive().Length, "bytes that the server read");
    }

    private static void DeferredAcceptOfAck(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any, deferAccept: true);
        IPEndPoint balancer = stage.NextBalancer();
        InjectedConnection client = stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = Stage.ServerEnd(listener),
            AckOptions = Client(0, balancer).Item1,
        });
        client.Send("hello"u8);
        using var pair = new ConnectedPair(client, listener.Accept());
        pair.Expect(Expectation.Transport(balancer));
        Expect.Equal(5, pair.Server.Receive().Length, "bytes that the server read");
    }

    private static void LaterData(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
        {
            Client = stage.NextBalancer(),
            Server = Stage.ServerEnd(listener),
            DataOptions = Client(1, stage.NextBalancer()).Item1,
        });
        pair.ExpectServed();
        pair.Expect(Expectation.Transport(pair.Client.Client));
    }

    private static void ResetBeforeAccept(Stage stage)
    {
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            for (int number = 0; number < 3; number++)
            {
                using var listener = new Listener(address);
                IPEndPoint balancer = stage.NextBalancer();
                (OptionBytes option, Expectation expectation) = Client(number, balancer);
                using InjectedConnection client = stage.Injector.Connect(new ConnectRequest
                {
                    Client = balancer,
                    Server = Stage.ServerEnd(listener),
                    Option = option,
                });
                client.Reset();
                using Accepted server = listener.Accept();
                IPEndPoint name = server.AcceptName;
                Expect.Equal(expectation.Name, name.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(name.Address.MapToIPv4(), name.Port) : name, "accept");
                foreach (int socketOption in (int[])[4096, 4097])
                    Expect.Equal(Provider.Current.Errno(Libc.ENOTCONN), server.GetOption(socketOption, new byte[ToaInfo.Size], out _), $"the errno of {socketOption}");
            }
        }
        Memory.ExpectAllFreed();
    }

    /// <summary>A socket that TCP_REPAIR restores, as CRIU does.</summary>
    private static void Restored(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using var restored = new BareSocket(AddressFamily.InterNetwork, Libc.SOCK_STREAM);
        restored.SetOption(Libc.IPPROTO_TCP, Libc.TCP_REPAIR, 1);
        var peer = new IPEndPoint(IPAddress.Loopback, listener.Port);
        restored.Connect(peer);
        Expect.Equal(Provider.Current.Errno(Libc.EINVAL), Nat64Lookup.Ask(restored).Errno, "the errno of 4096");
        (int errno, ToaInfo? info) = ToaInfo.Ask(restored);
        Expect.Equal(0, errno, "the errno of 4097");
        Expect.Equal((byte)0, info!.Kind, "the kind of option");
        Expect.Equal(peer, info.Peer, "the transport peer");
    }

    private static void LoggedInWords(Stage stage)
    {
        KernelLog log = KernelLog.Mark();
        stage.Provider.Unload();
        Expect.True(log.Since.Contains("TOA unloaded"), "no line TOA unloaded");
        log = KernelLog.Mark();
        stage.Provider.Load();
        Expect.True(log.Since.Contains("TOA: toa load success"), "no line TOA: toa load success");
    }
}
