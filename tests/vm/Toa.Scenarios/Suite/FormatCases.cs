using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>What each vendor writes, through the kernel to the socket options, the table and the library.</summary>
internal static class FormatCases
{
    public static IEnumerable<Scenario> All()
    {
        foreach (GoldenFormat golden in GoldenFormat.All)
            yield return new Scenario($"{golden}", stage => IsRead(stage, golden));
        yield return new Scenario("all formats at once read each of them", AllAtOnce);
        yield return new Scenario("a format that is not set is not read", IsNotRead);
        yield return new Scenario("a shortened option of each format is not read", IsShortened);
        yield return new Scenario("options without a client name no client", IsAlone);
        yield return new Scenario("a Fast Open cookie on the SYN is not a client", FastOpenCookie);
        yield return new Scenario("TCP's User Timeout is not Akamai's option", UserTimeout);
    }

    private static void IsRead(Stage stage, GoldenFormat golden)
    {
        using Setting formats = Setting.Provider("formats", golden.Vendor);
        using var ipv4 = new Listener(IPAddress.Any);
        using var dualMode = new Listener(IPAddress.IPv6Any);
        Check(stage, golden, ipv4, AddressFamily.InterNetwork);
        Check(stage, golden, dualMode, AddressFamily.InterNetwork);
        Check(stage, golden, dualMode, AddressFamily.InterNetworkV6);
        Memory.ExpectAllFreed();
    }

    private static void AllAtOnce(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", GoldenFormat.EverySetting);
        using var listener = new Listener(IPAddress.IPv6Any);
        foreach (GoldenFormat golden in GoldenFormat.All)
            Check(stage, golden, listener, AddressFamily.InterNetwork);
    }

    private static void Check(Stage stage, GoldenFormat golden, Listener listener, AddressFamily family)
    {
        Counters before = Counters.Read();
        using ConnectedPair pair = Connect(stage, listener, golden.OptionBytes, family);
        IPEndPoint balancer = pair.Client.Client;
        Counters.ExpectMoved(before,
            ("syn_recv_sock_toa", 1), ("option_wrong_length", 0), ("option_malformed", 0), ("option_duplicate", 0),
            ("ip4_address_alloc", golden.HasIPv4 ? 1 : 0), ("ip6_address_alloc", golden.HasIPv4 ? 0 : 1));

        pair.Expect(golden.Expected(balancer));
        Expect.Equal((0, golden.Info(balancer)), ToaInfo.Ask(pair.Server), "getsockopt 4097");
        Expect.Equal(
            new TableRow(golden.Client, balancer, pair.Client.Server, golden.Kind, golden.FormatName, golden.Virtual, golden.NetworkId),
            TableRow.Read().Single(row => row.Peer.Equals(balancer)), "the line of the table");

        using Socket socket = pair.Server.AsDotNetSocket();
        ToaResolution found = new ToaResolver(new ToaOptions()).Resolve(socket);
        Expect.Equal(golden.Client, found.Client.ToIPEndPoint(), "the library's client");
        Expect.Equal(golden.Format, (byte)found.Format, "the library's format");
        Expect.Equal($"{golden.Virtual}", found.VirtualEndPoint.ToString(), "the library's virtual address");
        Expect.Equal(golden.NetworkId, found.NetworkId ?? 0, "the library's network id");
    }

    private static void IsNotRead(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        foreach (GoldenFormat golden in GoldenFormat.All)
        {
            using Setting formats = Setting.Provider("formats", "99/8");
            Counters before = Counters.Read();
            ExpectNoClient(stage, listener, golden.OptionBytes);
            Counters.ExpectMoved(before, ("option_wrong_length", 0), ("option_malformed", 0), ("syn_recv_sock_no_toa", 1));
        }
    }

    private static void IsShortened(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", GoldenFormat.EverySetting);
        using var listener = new Listener(IPAddress.Any);
        foreach (GoldenFormat golden in GoldenFormat.All)
        {
            Counters before = Counters.Read();
            ExpectNoClient(stage, listener, golden.Shortened());
            ExpectNoClient(stage, listener, golden.CutOff());
            Counters.ExpectMoved(before, ("syn_recv_sock_no_toa", 2), ("option_wrong_length", 1), ("option_malformed", 1));
        }
    }

    private static void IsAlone(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", "tencent-vpc,alibaba-vpc");
        using var listener = new Listener(IPAddress.Any);
        foreach (OptionBytes alone in (OptionBytes[])
            [OptionBytes.Raw(202, 8, 1, 187, 203, 0, 113, 7), OptionBytes.Raw(250, 8, 1, 187, 203, 0, 113, 7), OptionBytes.Raw(201, 6, 1, 2, 3, 4, 1, 1)])
        {
            Counters before = Counters.Read();
            ExpectNoClient(stage, listener, alone);
            Counters.ExpectMoved(before, ("syn_recv_sock_no_toa", 1), ("option_wrong_length", 0));
        }
    }

    private static void FastOpenCookie(Stage stage)
    {
        ScenarioSkippedException.ThrowBefore(4, 2, "this kernel has no TCP_SAVE_SYN");
        using Setting formats = Setting.Provider("formats", "dpvs,bytedance");
        using Setting syn = Setting.Provider("syn", "1");
        using var listener = new Listener(IPAddress.Any);
        listener.SaveSyn();
        IPEndPoint client = IPEndPoint.Parse("192.0.2.10:5555");
        foreach (byte length in (byte[])[8, 16, 20])
        {
            var cookie = new byte[length];
            (cookie[0], cookie[1], cookie[2], cookie[3], cookie[4]) = (254, length, 0xf9, 0x89, 7);
            OptionBytes option = OptionBytes.Raw(cookie);
            ExpectNoClientOnSyn(stage, listener, option, duplicates: 0);
            // It may also be the balancer's own, for a client whose port has this number. The next one is then forged.
            ExpectNoClientOnSyn(stage, listener, option + OptionBytes.ToaIPv4(client, kind: 254), duplicates: 1);
            using ConnectedPair behind = ConnectWithSyn(stage, listener, OptionBytes.ToaIPv4(client, kind: 254) + option);
            behind.Expect(Expectation.Ipv4(client));
        }

        // On the ACK, it cannot be a cookie.
        IPEndPoint port = IPEndPoint.Parse("192.0.2.10:63881");
        using ConnectedPair ack = stage.Connect(listener, OptionBytes.ToaIPv4(port, kind: 254));
        ack.Expect(Expectation.Ipv4(port));
    }

    private static void ExpectNoClientOnSyn(Stage stage, Listener listener, OptionBytes options, int duplicates)
    {
        Counters before = Counters.Read();
        using ConnectedPair pair = ConnectWithSyn(stage, listener, options);
        pair.Expect(Expectation.Transport(pair.Client.Client));
        Counters.ExpectMoved(before,
            ("syn_recv_sock_no_toa", 1), ("address_unusable", 1), ("option_duplicate", duplicates), ("option_wrong_length", 0));
    }

    private static ConnectedPair ConnectWithSyn(Stage stage, Listener listener, OptionBytes syn) => stage.Connect(listener, new ConnectRequest
    {
        Client = stage.NextBalancer(),
        Server = Stage.ServerEnd(listener),
        SynOptions = syn,
        AckOptions = OptionBytes.None,
    });

    private static void UserTimeout(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", "akamai");
        using var listener = new Listener(IPAddress.Any);
        Counters before = Counters.Read();
        ExpectNoClient(stage, listener, OptionBytes.Raw(28, 4, 0, 60));
        Counters.ExpectMoved(before, ("option_wrong_length", 1));
    }

    private static void ExpectNoClient(Stage stage, Listener listener, OptionBytes options)
    {
        using ConnectedPair pair = Connect(stage, listener, options, AddressFamily.InterNetwork);
        pair.Expect(Expectation.Transport(pair.Client.Client));
        pair.ExpectServed();
    }

    private static ConnectedPair Connect(Stage stage, Listener listener, OptionBytes options, AddressFamily family) =>
        stage.Connect(listener, new ConnectRequest
        {
            Client = stage.NextBalancer(family),
            Server = Stage.ServerEnd(listener, family),
            AckOptions = options.PadAfter(),
            FirstDataOptions = OptionBytes.None,
        });
}
