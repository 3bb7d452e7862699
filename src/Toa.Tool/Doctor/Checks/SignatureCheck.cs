using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the kernel takes modules that nobody has signed.</summary>
internal sealed class SignatureCheck : ICheck
{
    public static readonly FindingKind NotDemanded = new("TOA220", Severity.Ok,
        "The kernel takes modules without a signature");
    public static readonly FindingKind Demanded = new("TOA221", Severity.Warning,
        "The kernel may refuse a module that is not signed");
    public static readonly FindingKind NoMatter = new("TOA222", Severity.Info,
        "Signatures are demanded, which is no matter now: the provider is there");

    // A variable of the firmware: four bytes of attributes, then its value.
    private const string SecureBoot = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    public string About => "Secure Boot and signatures of modules";

    public IEnumerable<Finding> Run(Examination examination)
    {
        string[] demands = [.. Demands(examination.Machine)];
        if (demands.Length == 0)
            yield return NotDemanded.Found("Neither Secure Boot, nor module.sig_enforce, nor a lockdown is on.");
        else if (examination.Provider.Kind != ToaProviderKind.None || !examination.WantsModule)
            yield return NoMatter.Found($"{string.Join(", ", demands)}.");
        else
            yield return Demanded.Found(
                $"{string.Join(", ", demands)}.",
                "If loading says 'Key was rejected by service': let DKMS sign the module and enrol its key (mokutil "
                + "--import /var/lib/dkms/mok.pub, reboot, confirm), or switch Secure Boot off.");
    }

    private static IEnumerable<string> Demands(IMachine machine)
    {
        if (machine.ReadBytes(SecureBoot) is [_, _, _, _, 1, ..])
            yield return "Secure Boot is on";
        if (machine.ReadText("sys/module/module/parameters/sig_enforce")?.Trim() == "Y")
            yield return "module.sig_enforce is on";
        string? lockdown = machine.ReadText("sys/kernel/security/lockdown");
        if (lockdown?.Contains("[integrity]") == true || lockdown?.Contains("[confidentiality]") == true)
            yield return $"the kernel is locked down ({lockdown.Trim()})";
    }
}
