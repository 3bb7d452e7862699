using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>
/// The module's parameters: their effects, the values that they refuse, and changes while connections arrive.
/// </summary>
internal static class SettingCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.77:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::c:1]:40000");

    public static IEnumerable<Scenario> All() =>
    [
        new("an option from a trusted network is believed", stage => Trust(stage, "10.200.0.0/16", true)),
        new("an option from a single trusted address is believed", stage => Trust(stage, "192.0.2.1,10.200.7.9", true)),
        new("an option from elsewhere is counted and not believed", stage => Trust(stage, "10.0.0.0/9,198.51.100.0/24", false)),
        new("an IPv6 network does not trust IPv4 balancers", stage => Trust(stage, "fd00::/8", false)),
        new("a mapped network trusts IPv4 balancers", stage => Trust(stage, "::ffff:10.200.0.0/112", true)),
        new("the whole Internet can be trusted", stage => Trust(stage, "0.0.0.0/0,::/0", true)),
        new("all of IPv6 is no IPv4 balancer", stage => Trust(stage, "::/0", false)),
        new("all of IPv6 beside an IPv4 network trusts both", stage => Trust(stage, "::/0,10.200.0.0/16", true)),
        new("IPv6 balancers are trusted by network", TrustIPv6),
        new("hundreds of networks, and each decides rightly", HundredsOfNetworks),
        new("networks within networks are merged, and sorted", MergedNetworks),
        new("a leading + adds to the trusted networks", AddedNetworks),
        new("an empty list is refused, as any is the word for everyone", EmptyLists),
        new("bad networks are refused by name and change nothing", BadNetworks),
        new("bad formats are refused by name and change nothing", BadFormats),
        new("formats that read the same option differently are refused with both names", CollidingFormats),
        new("the trust list changes while connections come in", stage =>
            UnderTraffic(stage, "trusted", ["10.200.7.9", "10.0.0.0/8", "10.200.0.0/16"], "untrusted")),
        new("kind 254 serves both families", BothFamilies),
        new("an option whose format is not set is not read", OneFormat),
        new("the formats change while connections come in", stage =>
            UnderTraffic(stage, "formats", ["alibaba-vpc,tencent-vpc,akamai,bytedance", "200/8", "tencent"], "option_wrong_length")),
        new("nat64_getpeername names the IPv6 client on [::] only", Nat64GetPeerName),
        new("bad parameters keep the module from loading", RefusedAtLoad),
        Scenario.OfModule("debug logs one line for a connection", DebugLine),
    ];

    private static void Trust(Stage stage, string networks, bool believed)
    {
        using Setting trusted = Setting.Provider("trusted", networks);
        foreach (IPAddress address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using var listener = new Listener(address);
            Counters before = Counters.Read();
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
            pair.Expect(believed ? Expectation.Ipv4(s_ipv4) : Expectation.Transport(pair.Client.Client));
            Counters.ExpectMoved(before,
                ("untrusted", believed ? 0 : 1), ("syn_recv_sock_toa", believed ? 1 : 0), ("ip4_address_alloc", believed ? 1 : 0));

            before = Counters.Read();
            using ConnectedPair plain = stage.Connect(listener);
            plain.Expect(Expectation.Transport(plain.Client.Client));
            Counters.ExpectMoved(before, ("untrusted", 0));
        }
    }

    private static void TrustIPv6(Stage stage)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        foreach (bool believed in (bool[])[true, false])
        {
            using Setting trusted = Setting.Provider("trusted", believed ? "fd00:200::/64" : "fd00:201::/64");
            IPEndPoint balancer = stage.NextBalancer(AddressFamily.InterNetworkV6);
            using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
            {
                Client = balancer,
                Server = Stage.ServerEnd(listener, AddressFamily.InterNetworkV6),
                Option = OptionBytes.Toa(s_ipv6),
            });
            pair.Expect(believed ? Expectation.Ipv6(s_ipv6, balancer) : Expectation.Transport(balancer));
        }
    }

    /// <summary>Trusts every second network of a row of small ones, and connects from balancers in all of them.</summary>
    private static void HundredsOfNetworks(Stage stage)
    {
        string[] networks = [.. Enumerable.Range(0, 220).Select(i => $"10.200.{20 + i / 16}.{i % 16 * 16}/29")];
        using Setting trusted = Setting.Provider("trusted", string.Join(',', networks.Reverse().Take(200)));
        foreach (string network in networks.Take(20))
            Setting.Write("trusted", "+" + network);
        using var listener = new Listener(IPAddress.Any);
        for (int i = 0; i < 440; i++)
        {
            bool believed = i % 2 == 0;
            var balancer = new IPEndPoint(new IPAddress([10, 200, (byte)(20 + i / 32), (byte)(i % 32 * 8 + 7)]), 3000 + i);
            using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
            {
                Client = balancer,
                Server = Stage.ServerEnd(listener),
                Option = OptionBytes.Toa(s_ipv4),
            });
            Expect.Equal(believed ? s_ipv4 : balancer, pair.Server.AcceptName, $"accept for a balancer at {balancer.Address}");
        }
    }

    private static void MergedNetworks(Stage stage)
    {
        using Setting trusted = Setting.Provider("trusted",
            "2001:db8::/32, 10.1.2.3 ,10.0.0.0/8,2001:db8:1::/48,10.0.0.0/8,192.0.2.0/24,,fe80::1\n");
        Expect.Equal("10.0.0.0/8,192.0.2.0/24,2001:db8::/32,fe80::1/128", Setting.Read("trusted"), "the list");
    }

    private static void AddedNetworks(Stage stage)
    {
        using Setting trusted = Setting.Provider("trusted", "192.0.2.0/24");
        Setting.Write("trusted", "+10.200.0.0/16");
        Expect.Equal("10.200.0.0/16,192.0.2.0/24", Setting.Read("trusted"), "the list");
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
        pair.Expect(Expectation.Ipv4(s_ipv4));
    }

    /// <summary>A script with an unset variable writes an empty list.</summary>
    private static void EmptyLists(Stage stage)
    {
        Expect.Equal("any", Setting.Read("trusted"), "the list that was not set");
        using Setting trusted = Setting.Provider("trusted", "10.200.0.0/16");
        foreach (string empty in (string[])["\n", ",", " , "])
        {
            ExpectRefused("trusted", empty, "the list is empty");
            Expect.Equal("10.200.0.0/16", Setting.Read("trusted"), "the list after an empty one");
        }
        ExpectRefused("trusted", "any,192.0.2.0/24", "'any'");
        Setting.Write("trusted", "any");
        Expect.Equal("any", Setting.Read("trusted"), "the list after any");
        ExpectRefused("trusted", "+", "the list is empty");
    }

    private static void BadNetworks(Stage stage)
    {
        using Setting trusted = Setting.Provider("trusted", "10.200.0.0/16");
        foreach (string bad in (string[])["10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x",
            "2001:db8::/129", "10.1.0.0/8", "2001:db8::1/32", "nonsense", "10.0.0.0/8/8", "1.2.3.4.5", "::ffff:10.0.0.1/100"])
        {
            ExpectRefused("trusted", "192.0.2.0/24," + bad, bad);
            Expect.Equal("10.200.0.0/16", Setting.Read("trusted"), $"the list after '{bad}'");
        }
    }

    private static void BadFormats(Stage stage)
    {
        string before = Setting.Read("formats");
        foreach (string bad in (string[])["256/8", "-1/8", "x", "200", "200/", "/8", "200/9", "200/8/8", "tencentcloud", "Tencent", "200/8 253/20"])
            ExpectRefused("formats", "huawei," + bad, $"'{bad}' is not a format: use tencent, ");
        foreach (string bad in (string[])["1/8", "8/20", "30/8", "69/8", "172/20", "174/8"])
            ExpectRefused("formats", bad, $"'{bad}': kind {bad.Split('/')[0]} belongs to TCP");
        foreach (string empty in (string[])["\n", ",", " , "])
            ExpectRefused("formats", empty, "the list is empty");
        ExpectRefused("formats", string.Join(',', Enumerable.Range(180, 60).Select(kind => $"{kind}/20")), "the list is too long");
        Expect.Equal(before, Setting.Read("formats"), "formats");
    }

    private static void CollidingFormats(Stage stage)
    {
        string before = Setting.Read("formats");
        ExpectRefused("formats", "tencent,alibaba-vpc,252/20", "'alibaba-vpc' and '252/20' read kind 252 with length 20 in different ways");
        ExpectRefused("formats", "202/8,tencent-vpc", "'202/8' and 'tencent-vpc' read kind 202 with length 8 in different ways");
        Expect.Equal(before, Setting.Read("formats"), "formats");
    }

    private static void ExpectRefused(string parameter, string value, string named)
    {
        string said = Provider.Current.Refusal(parameter, value)
            ?? throw new ScenarioFailedException($"{parameter}={value} was not refused");
        Expect.True(said.Contains($": {parameter}: ") && said.Contains(named), $"nobody names {named}: {said}");
    }

    /// <summary>
    /// With each of the values, the client of the connection is read. So it must be read while one value replaces another.
    /// </summary>
    private static void UnderTraffic(Stage stage, string name, string[] values, string counterOfRefusals)
    {
        using var listener = new Listener(IPAddress.Any);
        using Setting setting = Setting.Provider(name, values[^1]);
        Counters before = Counters.Read();
        for (int i = 0; i < 300; i++)
        {
            if (i % 3 == 0)
                Setting.Write(name, values[i % 2]);
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
            Expect.Equal(s_ipv4, pair.Server.AcceptName, "accept");
        }
        Counters.ExpectMoved(before, ("syn_recv_sock_toa", 300), (counterOfRefusals, 0));
    }

    private static void BothFamilies(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", " 200/8, dpvs ,,dpvs\n");
        Expect.Equal("200/8,dpvs", Setting.Read("formats"), "formats");
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair four = stage.Connect(listener, OptionBytes.ToaIPv4(s_ipv4, kind: 254));
        four.Expect(Expectation.Ipv4(s_ipv4));
        using ConnectedPair six = stage.Connect(listener, OptionBytes.ToaIPv6(s_ipv6, kind: 254));
        six.Expect(Expectation.Ipv6(s_ipv6, six.Client.Client));
        using ConnectedPair old = stage.Connect(listener, OptionBytes.ToaIPv4(s_ipv4));
        old.Expect(Expectation.Ipv4(s_ipv4));
        using ConnectedPair none = stage.Connect(listener, OptionBytes.ToaIPv6(s_ipv6));
        none.Expect(Expectation.Transport(none.Client.Client));
    }

    private static void OneFormat(Stage stage)
    {
        using Setting formats = Setting.Provider("formats", "253/20");
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
        hybrid.Expect(Expectation.Transport(hybrid.Client.Client));
        using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        nat64.Expect(Expectation.Ipv6(s_ipv6, nat64.Client.Client));
    }

    private static void Nat64GetPeerName(Stage stage)
    {
        using Setting setting = Setting.Provider("nat64_getpeername", "1");
        using var dualMode = new Listener(IPAddress.IPv6Any);
        using ConnectedPair pair = stage.Connect(dualMode, OptionBytes.Toa(s_ipv6));
        pair.Expect(new Expectation(s_ipv6, 0, s_ipv6, s_ipv6));

        using var ipv4 = new Listener(IPAddress.Any);
        using ConnectedPair other = stage.Connect(ipv4, OptionBytes.Toa(s_ipv6));
        other.Expect(Expectation.Ipv6(s_ipv6, other.Client.Client));
    }

    private static void RefusedAtLoad(Stage stage)
    {
        stage.Provider.Unload();
        foreach (string bad in (string[])["trusted=10.0.0.0/40", "trusted=", "formats=300/8", "nat64_getpeername=maybe", "formats=", "formats=252/20,alibaba-vpc"])
        {
            Expect.True(!stage.Provider.TryLoad(bad), $"{bad} was not refused");
            Expect.True(!stage.Provider.Loaded, $"the module stayed loaded with {bad}");
        }
        stage.Provider.Load("trusted=10.200.0.0/16,2001:db8::/32", "formats=254/8,253/20", "syn=1");
        Expect.Equal("10.200.0.0/16,2001:db8::/32", Setting.Read("trusted"), "trusted");
        Expect.Equal("254/8,253/20", Setting.Read("formats"), "formats");
        Expect.Equal("Y", Setting.Read("syn"), "syn");
        stage.Provider.Unload();
        stage.Provider.Load();
    }

    private static void DebugLine(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using (Setting debug = Setting.Provider("debug", "1"))
        {
            KernelLog log = KernelLog.Mark();
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
            Expect.True(log.Since.Contains("option 253 from 10.200.7.9") || log.Since.Contains("option 253 from ::ffff:10.200.7.9"), $"no line: {log.Since}");
            Expect.True(log.Since.Contains("2001:db8::c:1 port 40000"), $"no client: {log.Since}");
        }
        KernelLog quiet = KernelLog.Mark();
        using ConnectedPair other = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        quiet.ExpectNothingNew();
    }
}
