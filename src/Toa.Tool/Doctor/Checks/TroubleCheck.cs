using System.Collections.Generic;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Counters that should be 0.</summary>
internal sealed class TroubleCheck : ICheck
{
    public static readonly FindingKind Malformed = new("TOA410", Severity.Warning,
        "Headers with broken lists of options came in");
    public static readonly FindingKind WrongLength = new("TOA411", Severity.Warning,
        "Options of our kinds with other lengths came in");
    public static readonly FindingKind Unusable = new("TOA412", Severity.Warning,
        "Options with unusable addresses came in");
    public static readonly FindingKind Untrusted =
        new("TOA413", Severity.Warning, "Options came from outside trusted=");
    public static readonly FindingKind NoMemory = new("TOA414", Severity.Warning,
        "There was no memory for clients' addresses");
    public static readonly FindingKind Duplicate = new("TOA415", Severity.Warning, "Headers with two options came in");
    public static readonly FindingKind Multipath = new("TOA416", Severity.Warning,
        "Clients of Multipath TCP connections could not be told");
    public static readonly FindingKind Mismatch = new("TOA417", Severity.Info,
        "Programs asked for IPv6 clients of connections with IPv4 ones");

    private static (string Counter, FindingKind Kind, string Advice)[] Troubles(Examination examination) =>
    [
        ("option_malformed", Malformed,
            "A broken sender or a forger: capture such a packet (tcpdump), and see who sends it."),
        ("option_wrong_length", WrongLength,
            "Another vendor's layout: toa doctor's capture shows the lengths. Only 8 bytes (IPv4) and 20 bytes (IPv6) "
            + "hold an address."),
        ("address_unusable", Unusable,
            "The option names a loopback, multicast or unspecified address, or port 0: look at the balancer, or for a "
            + "forger."),
        ("untrusted", Untrusted,
            $"If these are your balancers, add them: {examination.HowToSet("trusted", "+192.0.2.0/24")}. If not, somebody "
            + "forges addresses."),
        ("no_memory", NoMemory,
            "Such connections live, and show the balancer. Give the machine more memory, or fewer connections."),
        ("option_duplicate", Duplicate,
            "The first one counts, which is the balancer's. The second may be forged by a client: set trusted=, and "
            + "keep clients away from the port."),
        ("mptcp_unanswered", Multipath, "See docs/module.md; or let the server listen without Multipath TCP."),
        ("getname_toa_mismatch", Mismatch,
            "That is how a program asks that serves both: getpeername has the IPv4 client."),
    ];

    public string About => "the counters of trouble";

    public IEnumerable<Finding> Run(Examination examination)
    {
        foreach ((string counter, FindingKind kind, string advice) in Troubles(examination))
        {
            if (examination.Window.After?[counter] is > 0 and { } count)
                yield return kind.Found(
                    $"{counter} is {count}, and rose by {examination.Window.Moved(counter)} while toa doctor looked.",
                    advice);
        }
    }
}
