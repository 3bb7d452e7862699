using System.Collections.Generic;
using System.Net;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Malformed options: no address is stored, a counter shows the reason, and the connection is served.</summary>
internal static class MalformedCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.10:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::a:1]:40000");

    public static IEnumerable<Scenario> All()
    {
        foreach ((string name, string counter, OptionBytes option) in Options())
        foreach (var listener in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
            yield return new Scenario($"{name}, on {(listener.Equals(IPAddress.Any) ? "0.0.0.0" : "[::]")}",
                stage => Run(stage, listener, counter, option));
    }

    private static IEnumerable<(string Name, string Counter, OptionBytes Option)> Options()
    {
        foreach (byte kind in (byte[])[200, 253])
        {
            foreach (byte length in (byte[])[0, 1])
                yield return ($"kind {kind} with length {length}", "option_malformed", WithLength(kind, length));
            foreach (byte length in (byte[])[2, 7, 9, 19, 21])
                yield return ($"kind {kind} with length {length}", "option_wrong_length", WithLength(kind, length));
            yield return ($"kind {kind} with a length past the header's end", "option_malformed",
                OptionBytes.Raw(kind, kind == 200 ? (byte)8 : (byte)20, 1, 2));
            yield return ($"kind {kind} as the header's last byte", "option_malformed", OptionBytes.Raw(kind).PadBefore());
        }
        yield return ("kind 253 with length 8", "option_wrong_length", OptionBytes.ToaIPv4(s_ipv4, kind: 253));
        yield return ("kind 200 with length 20", "option_wrong_length", OptionBytes.ToaIPv6(s_ipv6, kind: 200));

        yield return ("option 200 with port 0", "address_unusable", Toa("192.0.2.10:0"));
        yield return ("option 200 with an unspecified address", "address_unusable", Toa("0.0.0.0:80"));
        yield return ("option 200 with a loopback address", "address_unusable", Toa("127.1.2.3:80"));
        yield return ("option 200 with a multicast address", "address_unusable", Toa("239.0.0.1:80"));
        yield return ("option 253 with port 0", "address_unusable", Toa("[2001:db8::1]:0"));
        yield return ("option 253 with an unspecified address", "address_unusable", Toa("[::]:80"));
        yield return ("option 253 with a loopback address", "address_unusable", Toa("[::1]:80"));
        yield return ("option 253 with a multicast address", "address_unusable", Toa("[ff02::1]:80"));
        yield return ("option 253 with a mapped loopback address", "address_unusable", Toa("[::ffff:127.0.0.1]:80"));
    }

    private static OptionBytes Toa(string client) => OptionBytes.Toa(IPEndPoint.Parse(client));

    /// <summary>An option that is as long as its length byte says, but at least two bytes.</summary>
    private static OptionBytes WithLength(byte kind, byte length)
    {
        var bytes = new byte[length < 2 ? 2 : length];
        for (int i = 2; i < bytes.Length; i++)
            bytes[i] = (byte)i;
        bytes[0] = kind;
        bytes[1] = length;
        return OptionBytes.Raw(bytes).PadAfter();
    }

    private static void Run(Stage stage, IPAddress address, string counter, OptionBytes option)
    {
        using var listener = new Listener(address);
        KernelLog log = KernelLog.Mark();
        Counters before = Counters.Read();

        IPEndPoint balancer = stage.NextBalancer();
        using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
        {
            Client = balancer,
            Server = Stage.ServerEnd(listener),
            Option = option,
        });

        Counters.ExpectMoved(before,
            (counter, 1), ("syn_recv_sock_no_toa", 1), ("syn_recv_sock_toa", 0),
            ("ip6_address_alloc", 0), ("ip4_address_alloc", 0));
        pair.Expect(Expectation.Transport(balancer));
        pair.ExpectServed();
        log.ExpectNothingNew();
    }
}
