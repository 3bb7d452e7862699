using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The reasons why a kernel requires signed modules.</summary>
internal static class SignatureDemands
{
    /// <summary>The folder that exists if UEFI started the machine.</summary>
    public const string Efi = Firmware + "/efi";

    /// <summary>The folder of the firmware's variables.</summary>
    public const string Variables = Efi + "/efivars";

    private const string Firmware = "sys/firmware";

    // The file contains four bytes of attributes, then the variable's value.
    private const string SecureBootVariable = Variables + "/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private const string Modules = "sys/module", Security = "sys/kernel/security";

    /// <summary>Reads all reasons, and the problems with those that cannot be read.</summary>
    public static (IReadOnlyList<Message> Demands, IReadOnlyList<CannotLookException> Unknown) Read(IMachine machine)
    {
        List<Message> demands = [];
        List<CannotLookException> unknown = [];
        foreach (Func<IMachine, Message?> ask in (Func<IMachine, Message?>[])[SecureBoot, Enforcement, Lockdown])
        {
            try
            {
                if (ask(machine) is { } demand)
                    demands.Add(demand);
            }
            catch (CannotLookException e)
            {
                unknown.Add(e);
            }
        }

        return (demands, unknown);
    }

    /// <exception cref="CannotLookException">The firmware's variables cannot be read.</exception>
    public static bool IsSecureBootOn(IMachine machine)
    {
        if (machine.ReadBytes(SecureBootVariable) is { } variable)
            return variable.Length < 5
                ? throw new CannotLookException(
                    $"Whether Secure Boot is on is not known: {machine.PathOf(SecureBootVariable)} has no value.",
                    $"mokutil --sb-state shows it (package mokutil).")
                : variable[4] == 1;
        // In containers, the folder is empty. On machines without EFI, it has no entry efi.
        bool isKnown = machine.List(Variables).Count > 0 || (machine.List(Firmware) is { Count: > 0 } parts && !parts.Contains("efi"));
        return isKnown
            ? false
            : throw new CannotLookException(
                $"Whether Secure Boot is on is not known: {machine.PathOf(Variables)} is missing or empty.",
                $"On the host: mount -t efivarfs efivarfs /sys/firmware/efi/efivars.");
    }

    private static Message? SecureBoot(IMachine machine) => IsSecureBootOn(machine) ? (Message)$"Secure Boot is on" : null;

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
