using System.Collections.Generic;
using System.Net;

namespace Toa.Tool.Firewall;

/// <summary>The result of a step of a rule.</summary>
/// <param name="Kind">What happens to the packet.</param>
/// <param name="Chain">The chain of a jump.</param>
/// <param name="Address">The new address; null if only the port changes, or if it is not known.</param>
/// <param name="Port">The new port; null if it stays.</param>
internal sealed record Verdict(VerdictKind Kind, string Chain = "", IPAddress? Address = null, int? Port = null)
{
    /// <summary>The verdicts of a map of which one is met, but it is not known which.</summary>
    public IReadOnlyList<Verdict> Candidates { get; init; } = [];

    public static Verdict Matches { get; } = new(VerdictKind.Matches);

    public static Verdict Differs { get; } = new(VerdictKind.Differs);

    public static Verdict Unknown { get; } = new(VerdictKind.Unknown);

    public static Verdict Accept { get; } = new(VerdictKind.Accept);

    public static Verdict Drop { get; } = new(VerdictKind.Drop);

    public static Verdict Return { get; } = new(VerdictKind.Return);

    public static Verdict Masquerade { get; } = new(VerdictKind.ChangeSource);

    public static Verdict SynProxy { get; } = new(VerdictKind.SynProxy);

    public static Verdict Lost { get; } = new(VerdictKind.Lost);

    public static Verdict Of(bool? holds) => holds switch
    {
        true => Matches,
        false => Differs,
        null => Unknown,
    };
}

/// <summary>What a step of a rule does with a packet.</summary>
internal enum VerdictKind
{
    /// <summary>The packet matches, or the step only counts or changes a mark: the next step follows.</summary>
    Matches,

    /// <summary>The packet does not match: the next rule follows.</summary>
    Differs,

    /// <summary>It is not known whether the packet matches.</summary>
    Unknown,

    Accept,

    Drop,

    Return,

    Jump,

    Goto,

    /// <summary>SNAT and MASQUERADE.</summary>
    ChangeSource,

    /// <summary>DNAT.</summary>
    ChangeDestination,

    /// <summary>REDIRECT: to a port of this machine.</summary>
    Redirect,

    /// <summary>TPROXY: to a socket of this machine, with an unchanged packet.</summary>
    TransparentProxy,

    /// <summary>The packet gets another source or destination that is not known.</summary>
    Lost,

    SynProxy,

    /// <summary>TCPOPTSTRIP, and nftables' reset of a TCP option.</summary>
    StripOption,
}
