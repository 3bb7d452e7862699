using Toa;

namespace WhoAmI;

/// <summary>Explains the results of the library to people who do not know TOA.</summary>
internal static class Wording
{
    /// <summary>How the address was found: a headline, and an explanation.</summary>
    public static (string How, string Explanation) Of(in ToaResolution found) => found.Client.Source switch
    {
        ToaSource.IPv6Option => ("NAT64 option",
            "On the way here, a NAT64 load balancer turned your IPv6 connection into an IPv4 one. It wrote your address into "
            + "a TCP option (TOA, kind 253), and the server's kernel kept it."),
        ToaSource.IPv4Option => ("hybrid-cloud option",
            "On the way here, a load balancer put its own address in place of yours. It wrote yours into a TCP option (TOA, "
            + "kind 200), and the server's kernel kept it."),
        ToaSource.TransportPeer when found.Trust == ToaTrust.Trusted => ("the balancer itself",
            "One of this server's balancers made this connection and wrote no client's address, as for a health check."),
        _ => Of(found.FallbackReason),
    };

    /// <summary>Whether the balancer is trusted.</summary>
    public static string Of(ToaTrust trust) => trust switch
    {
        ToaTrust.Trusted => "a known balancer",
        ToaTrust.Untrusted => "not a known balancer",
        ToaTrust.Unknown => "cannot be checked: this provider does not tell balancers",
        _ => "believed by the kernel; this server has no list of its own",
    };

    private static (string How, string Explanation) Of(ToaFallbackReason reason) => reason switch
    {
        ToaFallbackReason.NoOption => ("directly",
            "No load balancer wrote an address into this connection. You came directly, or through one that does not tell."),
        ToaFallbackReason.NoProvider => ("no provider",
            "The server's kernel has no TOA provider, so this is where the connection comes from. Behind a load balancer, that "
            + "is the balancer."),
        ToaFallbackReason.UntrustedPeer => ("option not believed",
            "A TCP option named another client, but it comes from nobody whom this server knows as a balancer. So this is where "
            + "the connection comes from."),
        ToaFallbackReason.UnusableAnswer => ("unusable option",
            "A TCP option named an address that no client can have. So this is where the connection comes from."),
        ToaFallbackReason.LookupDenied => ("not allowed to ask",
            "Something keeps the server from asking its kernel, a sandbox perhaps. So this is where the connection comes from."),
        ToaFallbackReason.NotLinux => ("not on Linux",
            "The server does not run on Linux, where TOA providers are. So this is where the connection comes from."),
        _ => ("the kernel's word",
            "The server's kernel names this address, and does not say how it knows. A load balancer may have told it."),
    };
}
