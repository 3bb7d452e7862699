using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Every TOA option, on every listener, on each segment that can complete a handshake.</summary>
internal static class OptionCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.10:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::a:1]:40000");

    private static readonly (string Name, OptionBytes Bytes)[] s_options =
    [
        ("no option", OptionBytes.None),
        ("option 200", OptionBytes.ToaIPv4(s_ipv4)),
        ("option 253", OptionBytes.ToaIPv6(s_ipv6)),
        ("options 200 and 253", OptionBytes.ToaIPv4(s_ipv4) + OptionBytes.ToaIPv6(s_ipv6)),
        ("options 253 and 200", OptionBytes.ToaIPv6(s_ipv6) + OptionBytes.ToaIPv4(s_ipv4)),
    ];

    public static IEnumerable<Scenario> All()
    {
        foreach (var listener in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        foreach (var option in s_options)
        foreach (bool dataCompletes in (bool[])[false, true])
        foreach (bool timestamps in (bool[])[false, true])
        foreach (bool cookies in (bool[])[false, true])
        {
            string name = $"{Show(listener)}, {option.Name} on the {(dataCompletes ? "data that completes the handshake" : "ACK")}"
                + (timestamps ? ", timestamps" : "") + (cookies ? ", SYN cookies" : "");
            yield return new Scenario(name, stage =>
                Run(stage, listener, AddressFamily.InterNetwork, option.Bytes, dataCompletes, timestamps, cookies));
        }

        foreach (var option in s_options)
            yield return new Scenario($"[::] over IPv6, {option.Name} on the ACK", stage =>
                Run(stage, IPAddress.IPv6Any, AddressFamily.InterNetworkV6, option.Bytes, false, false, false));
    }

    private static void Run(Stage stage, IPAddress address, AddressFamily family, OptionBytes option,
        bool dataCompletes, bool timestamps, bool cookies)
    {
        using var listener = new Listener(address);
        using Setting? always = cookies ? Setting.Sysctl("net/ipv4/tcp_syncookies", "2") : null;
        Counters before = Counters.Read();
        long cookiesBefore = SynCookies.Received;

        var request = new ConnectRequest
        {
            Client = stage.NextBalancer(family),
            Server = Stage.ServerEnd(listener, family),
            Option = option,
            UseTimestamps = timestamps,
            FirstData = dataCompletes ? new byte[] { 42 } : default,
        };
        using (ConnectedPair pair = stage.Connect(listener, request))
        {
            bool found = option.Length > 0;
            Counters.ExpectMoved(before,
                ("syn_recv_sock_toa", found ? 1 : 0),
                ("syn_recv_sock_no_toa", found ? 0 : 1),
                ("option_duplicate", option.Length == 28 ? 1 : 0));
            Expect.Equal(cookies ? 1 : 0, SynCookies.Received - cookiesBefore, "SYN cookies that came back");
            Expect.Equal(timestamps, pair.Client.UsesTimestamps, "timestamps in use");

            pair.Expect(Expected(option, request.Client));
            if (dataCompletes)
                Expect.Equal(42, pair.Server.Receive()[0], "the data that completed the handshake");
            pair.ExpectServed();
            Expected(option, request.Client).CheckAgain(pair.Server, request.Server);
        }
        Memory.ExpectAllFreed();
    }

    /// <summary>The first option of the header is the one that counts.</summary>
    private static Expectation Expected(OptionBytes option, IPEndPoint transport) =>
        option.Length == 0 ? Expectation.Transport(transport)
        : option.Span[0] == 200 ? Expectation.Ipv4(s_ipv4)
        : Expectation.Ipv6(s_ipv6, transport);

    private static string Show(IPAddress listener) => listener.Equals(IPAddress.Any) ? "0.0.0.0" : "[::]";
}
