using System.Collections.Generic;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether counters of errors are 0.</summary>
internal sealed class TroubleCheck : ICheck
{
    public static readonly FindingKind Malformed = new("TOA410", Severity.Warning,
        $"TCP headers with malformed options came in");
    public static readonly FindingKind WrongLength = new("TOA411", Severity.Warning,
        $"TOA options with unexpected lengths came in");
    public static readonly FindingKind Unusable = new("TOA412", Severity.Warning,
        $"TOA options with unusable addresses came in");
    public static readonly FindingKind Untrusted =
        new("TOA413", Severity.Warning, $"TOA options came from networks that are not in trusted=");
    public static readonly FindingKind NoMemory = new("TOA414", Severity.Warning,
        $"There was no memory for clients' addresses");
    public static readonly FindingKind Duplicate = new("TOA415", Severity.Warning, $"TCP headers with two TOA options came in");
    public static readonly FindingKind Multipath = new("TOA416", Severity.Warning,
        $"The clients of Multipath TCP connections could not be determined");
    public static readonly FindingKind Mismatch = new("TOA417", Severity.Info,
        $"Programs asked for the IPv6 client of connections with an IPv4 client");

    private static (string Counter, FindingKind Kind, Message Advice)[] Troubles(Examination examination) =>
    [
        ("option_malformed", Malformed,
            $"The sender is faulty or forges options. Capture such a packet with tcpdump to find it."),
        ("option_wrong_length", WrongLength,
            $"These options may have another vendor's format. The capture of toa doctor shows the format and the setting that reads it. "
            + $"If the setting has akamai, netscaler or alibaba-cdn, TCP's user timeout (kind 28, length 4) counts here too, and is harmless."),
        ("address_unusable", Unusable,
            $"The TOA option holds a loopback, multicast or unspecified address, or port 0, although its format has a port. Check the "
            + $"balancer, or find the client that forges options."),
        ("untrusted", Untrusted,
            $"If these are your balancers, add them: {examination.HowToSet("trusted", "+192.0.2.0/24")}. If not, the sender "
            + $"forges addresses."),
        ("no_memory", NoMemory,
            $"These connections work, but appear with the balancer's address. Give the machine more memory, or reduce the number of "
            + $"connections."),
        ("option_duplicate", Duplicate,
            $"The first option counts: it is the balancer's. A client may have forged the second. Set trusted=, and do not let "
            + $"clients reach the port directly."),
        ("mptcp_unanswered", Multipath, $"See docs/reference/module.md, or disable Multipath TCP in the server."),
        ("getname_toa_mismatch", Mismatch,
            $"This is normal for a program that serves both families: getpeername returns the IPv4 client."),
    ];

    public Message About => $"the error counters";

    public IEnumerable<Finding> Run(Examination examination)
    {
        foreach ((string counter, FindingKind kind, Message advice) in Troubles(examination))
        {
            if (examination.Window.After?[counter] is > 0 and { } count)
                yield return kind.Found(
                    $"{counter} is {count}. It rose by {examination.Window.Moved(counter)} while toa doctor ran.",
                    advice);
        }
    }
}
