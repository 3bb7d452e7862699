using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the kernel accepts unsigned modules.</summary>
internal sealed class SignatureCheck : ICheck
{
    public static readonly FindingKind NotDemanded = new("TOA220", Severity.Ok,
        $"The kernel accepts modules without a signature");
    public static readonly FindingKind Demanded = new("TOA221", Severity.Warning,
        $"The kernel may refuse a module that is not signed");
    public static readonly FindingKind NoMatter = new("TOA222", Severity.Info,
        $"Signatures of modules do not matter now");

    public Message About => $"Secure Boot and signatures of modules";

    public IEnumerable<Finding> Run(Examination examination)
    {
        (IReadOnlyList<Message> demands, IReadOnlyList<CannotLookException> unknown) = SignatureDemands.Read(examination.Machine);
        if (demands.Count == 0 && unknown.Count == 0)
            yield return NotDemanded.Found($"Neither Secure Boot, nor module.sig_enforce, nor a lockdown is on.");
        else if (!examination.LacksProvider || !examination.WantsModule)
            yield return NoMatter.Found($"{string.Join(" ", Reasons(examination, demands, unknown))}");
        else
        {
            if (demands.Count > 0)
                yield return Demanded.Found(
                    $"{string.Join(", ", demands)}.",
                    $"If loading fails with 'Key was rejected by service', run toa provider enroll-key: it enrolls the key with which DKMS "
                    + $"signs the module.");
            // A container does not see these files, although the host does.
            foreach (CannotLookException problem in unknown)
                yield return Checkup.Unknown(
                    this, examination.SharesKernel ? new CannotLookException(problem.What, $"Run toa doctor on the host.") : problem);
        }
    }

    private static IEnumerable<Message> Reasons(
        Examination examination, IReadOnlyList<Message> demands, IReadOnlyList<CannotLookException> unknown)
    {
        if (examination.Provider.Kind == ToaProviderKind.None)
            yield return $"The eBPF provider is on this machine and is not a module.";
        foreach (Message demand in demands)
            yield return $"{demand}.";
        foreach (CannotLookException problem in unknown)
            yield return problem.What;
    }
}
