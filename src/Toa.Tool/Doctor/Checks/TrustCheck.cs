using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>The provider's trusted networks.</summary>
internal sealed class TrustCheck : ICheck
{
    public static readonly FindingKind Listed = new("TOA310", Severity.Ok,
        $"TOA options are accepted from the networks in trusted= only");
    public static readonly FindingKind Everyone = new("TOA311", Severity.Warning,
        $"TOA options from any source are accepted");
    public static readonly FindingKind Unknown = new("TOA312", Severity.Info,
        $"The trusted networks of the provider are not known");

    public Message About => $"the list of trusted networks";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.Provider.Kind == ToaProviderKind.None)
            yield break;
        string? trusted = examination.ShowsSettings ? examination.Setting("trusted") : null;
        if (trusted is null)
        {
            yield return Unknown.Found(
                $"The provider has no readable list of trusted networks.",
                $"Restrict access to the port with a security group or nftables.");
            yield break;
        }

        if (trusted is "" or "any")
            yield return Everyone.Found(
                $"trusted=any: anyone who can reach a port can forge a client address.",
                $"Set your balancers' networks: {examination.HowToSet("trusted", "10.0.0.16/28")}, and {AfterReboot(examination)} "
                + $"for the time after a reboot. See docs/guides/trust.md.");
        else
            yield return Listed.Found($"trusted={trusted}");
    }

    private static Message AfterReboot(Examination examination) => examination.IsOurModule
        ? (Message)$"toa provider install --trusted"
        : $"TOA_BPF_OPTIONS in /etc/default/toa-bpf";
}
