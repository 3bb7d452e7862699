using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Tool.Formats;
using Toa.Tool.Language;

namespace Toa.Tool.Capture.Connections;

/// <summary>What a provider accepts, with given settings.</summary>
/// <param name="Formats">The setting <c>formats</c>.</param>
/// <param name="Trusted">The trusted networks; null for all sources.</param>
/// <param name="IsTrustedComplete">Whether the list is complete: a file of the kernel shows the beginning of a long list.</param>
/// <param name="Syn">The setting <c>syn</c>.</param>
internal sealed record ProviderRules(FormatSetting Formats, IReadOnlyList<IPNetwork>? Trusted, bool IsTrustedComplete, bool Syn)
{
    /// <summary>The answer that a provider gives for a connection.</summary>
    public Verdict Judge(CapturedConnection connection)
    {
        if (connection.Handshake is null && connection.Syn is null)
            return ReadsAny(connection)
                ? new Verdict("no_handshake", $"unknown: the handshake is not in the capture")
                : NotRead(connection);
        if (connection.Handshake is null)
            return new Verdict("no_handshake", $"unknown: the segment that completes the handshake is not in the capture");
        OptionScan scan = OptionScan.Of(connection.Handshake, isSyn: false, Formats);
        OptionScan syn = connection.Syn is null ? default : OptionScan.Of(connection.Syn, isSyn: true, Formats);
        if (Syn && !scan.HasClient && syn.Status is ScanStatus.Found or ScanStatus.FastOpen)
            scan = syn;
        return scan.Status switch
        {
            ScanStatus.Found => JudgeClient(scan, connection.Balancer.Address),
            ScanStatus.FastOpen => new Verdict("address_unusable", $"no: it may be a TCP Fast Open cookie"),
            ScanStatus.Malformed => new Verdict("option_malformed", $"no: the list of options is malformed"),
            ScanStatus.WrongLength => new Verdict("option_wrong_length", $"no: the kind has another length in formats"),
            _ when syn.HasClient && !Syn => new Verdict("syn", $"no: only on the SYN, and syn=N"),
            _ when ReadsAny(connection) => new Verdict("late", $"no: not in the handshake"),
            _ => NotRead(connection),
        };
    }

    private static Verdict NotRead(CapturedConnection connection)
    {
        string[] options =
        [
            .. connection.Options.Where(option => option.Option.ReadAs is null)
                .Select(option => $"{option.Option.Kind}/{option.Option.Length}").Distinct(),
        ];
        return options.Length == 0
            ? new Verdict("no_client", $"no: no option has a client")
            : new Verdict("formats", $"no: formats does not have {string.Join(", ", options)}");
    }

    private static bool ReadsAny(CapturedConnection connection) =>
        connection.Options.Any(option => option.Option.ReadAs is { Client: > 0 });

    private Verdict JudgeClient(OptionScan scan, IPAddress balancer)
    {
        if (Trusted is not null && !Trusted.Any(network => network.Contains(balancer)))
            return IsTrustedComplete
                ? new Verdict("untrusted", $"no: {balancer} is not in trusted")
                : new Verdict("trust_unknown", $"unknown: the kernel shows only the beginning of trusted");
        return scan.IsUsable
            ? new Verdict("accepted", $"yes", scan.Client)
            : new Verdict("address_unusable", $"no: {scan.Client} cannot be a client");
    }
}

/// <summary>What a provider does with the TOA options of a connection.</summary>
/// <param name="Code">For programs: accepted, or the reason. A reason that a counter has is the counter's name.</param>
/// <param name="Words">The same in words.</param>
/// <param name="Client">The client that it accepts; null if it accepts none.</param>
internal sealed record Verdict(string Code, Message Words, IPEndPoint? Client = null);
