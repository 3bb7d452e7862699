using System.Collections.Generic;
using System.Net;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Options on the SYN are used only if the setting is on and the kernel still has the SYN.</summary>
internal static class SynCases
{
    private static readonly IPEndPoint s_onSyn = IPEndPoint.Parse("[2001:db8::5:1]:40000");
    private static readonly IPEndPoint s_onAck = IPEndPoint.Parse("192.0.2.5:5555");

    public static IEnumerable<Scenario> All()
    {
        foreach (var address in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            string on = address.Equals(IPAddress.Any) ? "on 0.0.0.0" : "on [::]";
            yield return new($"an option on a saved SYN is found with syn=1, {on}",
                stage => Run(stage, address, setting: true, saved: true, ack: false, found: s_onSyn));
            yield return new($"an option on a saved SYN is not looked for with syn=0, {on}",
                stage => Run(stage, address, setting: false, saved: true, ack: false, found: null));
            // The eBPF provider saves the SYN itself.
            yield return Scenario.OfModule($"an option on a SYN that was not saved is lost, {on}",
                stage => Run(stage, address, setting: true, saved: false, ack: false, found: null));
            yield return new($"an option on the ACK goes before one on the SYN, {on}",
                stage => Run(stage, address, setting: true, saved: true, ack: true, found: s_onAck));
        }
    }

    private static void Run(Stage stage, IPAddress address, bool setting, bool saved, bool ack, IPEndPoint? found)
    {
        if (saved)
            ScenarioSkippedException.ThrowBefore(4, 2, "this kernel has no TCP_SAVE_SYN");
        using Setting syn = Setting.Provider("syn", setting ? "1" : "0");
        using var listener = new Listener(address);
        if (saved)
            listener.SaveSyn();
        IPEndPoint balancer = stage.NextBalancer();
        using ConnectedPair pair = stage.Connect(listener, new ConnectRequest
        {
            Client = balancer,
            Server = Stage.ServerEnd(listener),
            SynOptions = OptionBytes.Toa(s_onSyn),
            AckOptions = ack ? OptionBytes.Toa(s_onAck) : OptionBytes.None,
        });
        pair.Expect(found == s_onSyn ? Expectation.Ipv6(s_onSyn, balancer)
            : found == s_onAck ? Expectation.Ipv4(s_onAck)
            : Expectation.Transport(balancer));
        pair.ExpectServed();
    }
}
