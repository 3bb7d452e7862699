using System;
using System.Collections.Generic;
using System.Linq;
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

    private const string Firmware = "sys/firmware", Variables = "sys/firmware/efi/efivars";

    // The file contains four bytes of attributes, then the variable's value.
    private const string SecureBootVariable = Variables + "/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private const string Modules = "sys/module", Security = "sys/kernel/security";

    private static readonly Func<IMachine, Message?>[] Questions = [SecureBoot, Enforcement, Lockdown];

    public Message About => $"Secure Boot and signatures of modules";

    public IEnumerable<Finding> Run(Examination examination)
    {
        List<Message> demands = [];
        List<CannotLookException> unknown = [];
        foreach (Func<IMachine, Message?> ask in Questions)
        {
            try
            {
                if (ask(examination.Machine) is { } demand)
                    demands.Add(demand);
            }
            catch (CannotLookException e)
            {
                unknown.Add(e);
            }
        }

        if (demands.Count == 0 && unknown.Count == 0)
            yield return NotDemanded.Found($"Neither Secure Boot, nor module.sig_enforce, nor a lockdown is on.");
        else if (!examination.LacksProvider || !examination.WantsModule)
            yield return NoMatter.Found($"{string.Join(" ", Reasons(examination, demands, unknown))}");
        else
        {
            if (demands.Count > 0)
                yield return Demanded.Found(
                    $"{string.Join(", ", demands)}.",
                    $"If loading fails with 'Key was rejected by service', let DKMS sign the module and enrol its key (mokutil "
                    + $"--import /var/lib/dkms/mok.pub, reboot, confirm), or disable Secure Boot.");
            foreach (CannotLookException problem in unknown)
                yield return Checkup.Unknown(this, problem);
        }
    }

    private static IEnumerable<Message> Reasons(
        Examination examination, List<Message> demands, List<CannotLookException> unknown)
    {
        if (examination.Provider.Kind == ToaProviderKind.None)
            yield return $"The eBPF provider is on this machine and is not a module.";
        foreach (Message demand in demands)
            yield return $"{demand}.";
        foreach (CannotLookException problem in unknown)
            yield return problem.What;
    }

    private static Message? SecureBoot(IMachine machine)
    {
        if (machine.ReadBytes(SecureBootVariable) is { } variable)
            return variable.Length < 5
                ? throw new CannotLookException(
                    $"Whether Secure Boot is on is not known: {machine.PathOf(SecureBootVariable)} has no value.",
                    $"mokutil --sb-state shows it (package mokutil).")
                : variable[4] == 1 ? (Message)$"Secure Boot is on" : null;
        // In containers, the folder is empty. On machines without EFI, it has no entry efi.
        bool isKnown = machine.List(Variables).Count > 0 || (machine.List(Firmware) is { Count: > 0 } parts && !parts.Contains("efi"));
        return isKnown
            ? null
            : throw new CannotLookException(
                $"Whether Secure Boot is on is not known: {machine.PathOf(Variables)} is missing or empty.",
                $"On the host: mount -t efivarfs efivarfs /sys/firmware/efi/efivars.");
    }

    private static Message? Enforcement(IMachine machine)
    {
        if (machine.ReadText(Modules + "/module/parameters/sig_enforce") is { } enforcement)
            return enforcement.Trim() == "Y" ? (Message)$"module.sig_enforce is on" : null;
        // A kernel without module signatures does not have this file.
        return machine.List(Modules).Count > 0
            ? null
            : throw new CannotLookException(
                $"Whether module.sig_enforce is on is not known: {machine.PathOf(Modules)} is missing or empty.",
                $"Mount it: mount -t sysfs sysfs /sys.");
    }

    private static Message? Lockdown(IMachine machine)
    {
        if (machine.ReadText(Security + "/lockdown") is { } lockdown)
            return string.IsNullOrWhiteSpace(lockdown)
                ? throw new CannotLookException(
                    $"Whether the kernel is locked down is not known: {machine.PathOf(Security)}/lockdown is empty.",
                    $"dmesg | grep -i lockdown shows it.")
                : lockdown.Contains("[none]", StringComparison.Ordinal) ? null : (Message)$"the kernel is locked down ({lockdown.Trim()})";
        return machine.List(Security).Count > 0
            ? null
            : throw new CannotLookException(
                $"Whether the kernel is locked down is not known: no securityfs is mounted at {machine.PathOf(Security)}.",
                $"On the host: mount -t securityfs none /sys/kernel/security.");
    }
}
