using System.Collections.Generic;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>
/// Listeners of Multipath TCP, with plain TCP clients, and with MPTCP clients. The latter are for the module only, because eBPF
/// cannot follow MPTCP connections to their subflows.
/// </summary>
internal static class MultipathCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.66:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::6:1]:40000");

    public static IEnumerable<Scenario> All() =>
    [
        new("an MPTCP listener's plain clients have their addresses", PlainClients),
        Scenario.OfModule("an MPTCP client of the hybrid cloud has its address", HybridClient),
        Scenario.OfModule("an MPTCP client behind NAT64 is the balancer, and counted", Nat64Client),
        Scenario.OfModule("an MPTCP client whose first subflow is gone is the balancer, and counted", SubflowGone),
        Scenario.OfModule("an MPTCP client without an option is the balancer, and not counted", NoOption),
        Scenario.OfModule("MPTCP over IPv6: a client has its address, and one without an option is not counted", OverIPv6),
    ];

    private static void PlainClients(Stage stage)
    {
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using Listener listener = Listen(address);
            using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
            hybrid.Expect(Expectation.Ipv4(s_ipv4));
            hybrid.ExpectServed();
            using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
            nat64.Expect(Expectation.Ipv6(s_ipv6, nat64.Client.Client));
        }
    }

    private static void HybridClient(Stage stage)
    {
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using Listener listener = Listen(address);
            Counters before = Counters.Read();
            using (ConnectedPair pair = MultipathClient.Connect(stage, listener, OptionBytes.Toa(s_ipv4)))
            {
                ExpectNamed(pair, s_ipv4);
                // Another connection of the same balancer must not change the result.
                using ConnectedPair other = MultipathClient.Connect(stage, listener, OptionBytes.None);
                ExpectNamed(other, other.Client.Client);
                ExpectNamed(pair, s_ipv4);
            }
            Counters.ExpectMoved(before, ("ip4_address_alloc", 1), ("mptcp_unanswered", 0));
            Memory.ExpectAllFreed();
        }
    }

    private static void Nat64Client(Stage stage)
    {
        using Listener listener = Listen(IPAddress.IPv6Any);
        Counters before = Counters.Read();
        using (ConnectedPair pair = MultipathClient.Connect(stage, listener, OptionBytes.Toa(s_ipv6)))
        {
            // One for accept.
            Counters.ExpectMoved(before, ("ip6_address_alloc", 1), ("mptcp_unanswered", 1), ("getname_toa_ok", 0));
            ExpectNamed(pair, pair.Client.Client);
            using Setting setting = Setting.Provider("nat64_getpeername", "1");
            Expect.Equal(s_ipv6, pair.Server.PeerName, "getpeername with nat64_getpeername=1");
        }
        Memory.ExpectAllFreed();
    }

    private static void SubflowGone(Stage stage)
    {
        using Listener listener = Listen(IPAddress.Any);
        using ConnectedPair pair = MultipathClient.Connect(stage, listener, OptionBytes.Toa(s_ipv4));
        ExpectNamed(pair, s_ipv4);
        Counters before = Counters.Read();
        pair.Client.Reset();
        Expect.Eventually(() => pair.Server.PeerName.Equals(pair.Client.Client), () => $"getpeername names {pair.Server.PeerName}");
        Counters.ExpectMoved(before, ("mptcp_unanswered", 1));
    }

    private static void NoOption(Stage stage)
    {
        using Listener listener = Listen(IPAddress.Any);
        Counters before = Counters.Read();
        using ConnectedPair pair = MultipathClient.Connect(stage, listener, OptionBytes.None);
        ExpectNamed(pair, pair.Client.Client);
        Counters.ExpectMoved(before, ("syn_recv_sock_no_toa", 1), ("mptcp_unanswered", 0), ("getname_toa_ok", 0));
    }

    private static void OverIPv6(Stage stage)
    {
        using Listener listener = Listen(IPAddress.IPv6Any);
        Counters before = Counters.Read();
        using ConnectedPair plain = MultipathClient.Connect(stage, listener, OptionBytes.None, AddressFamily.InterNetworkV6);
        ExpectNamed(plain, plain.Client.Client);
        Counters.ExpectMoved(before, ("syn_recv_sock_no_toa", 1), ("mptcp_unanswered", 0));

        using ConnectedPair hybrid = MultipathClient.Connect(stage, listener, OptionBytes.Toa(s_ipv4), AddressFamily.InterNetworkV6);
        ExpectNamed(hybrid, s_ipv4);
        using ConnectedPair nat64 = MultipathClient.Connect(stage, listener, OptionBytes.Toa(s_ipv6), AddressFamily.InterNetworkV6);
        ExpectNamed(nat64, s_ipv6);
        Counters.ExpectMoved(before, ("mptcp_unanswered", 0));
    }

    private static void ExpectNamed(ConnectedPair pair, IPEndPoint expected)
    {
        Expect.Equal(Libc.IPPROTO_MPTCP, pair.Server.Protocol, "the protocol of what was accepted");
        using Socket socket = pair.Server.AsDotNetSocket();
        Expect.Equal(expected, socket.GetRealRemoteEndPoint(), "GetRealRemoteEndPoint");
        Expect.Equal(expected, Unmapped(pair.Server.PeerName), "getpeername");
        Expect.Equal(expected, Unmapped(pair.Server.AcceptName), "accept");
    }

    private static IPEndPoint Unmapped(IPEndPoint name) =>
        name.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(name.Address.MapToIPv4(), name.Port) : name;

    private static Listener Listen(IPAddress address)
    {
        try
        {
            return new Listener(address, Libc.IPPROTO_MPTCP);
        }
        catch (Win32Exception exception) when (exception.NativeErrorCode is Libc.EPROTONOSUPPORT or Libc.EINVAL)
        {
            throw new ScenarioSkippedException("this kernel has no MPTCP");
        }
    }
}
