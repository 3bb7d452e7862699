using System;
using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Which kernel and distribution this is.</summary>
internal sealed class KernelCheck : ICheck
{
    public static readonly FindingKind Kernel = new("TOA100", Severity.Info, $"The kernel and the distribution");
    public static readonly FindingKind TencentOS = new("TOA101", Severity.Info,
        $"The kernel is TencentOS's, which has a TOA module of its own");
    public static readonly FindingKind NotLinux = new("TOA102", Severity.Error, $"This is not Linux");

    private static readonly Message OwnAbility = $"It reports IPv4 and IPv6 clients and their balancers, and checks trusted=";

    public Message About => $"the kernel";

    public IEnumerable<Finding> Run(Examination examination)
    {
        Message seen = $"{examination.KernelRelease}, {examination.Provider.OperatingSystemName}";
        if (!OperatingSystem.IsLinux())
            yield return NotLinux.Found(seen,
                $"Run the server and toa on Linux: other operating systems have no provider.");
        else if (examination.Provider.IsTencentOSKernel)
            yield return TencentOS.Found($"{seen}. {Loaded(examination)} {ToBeLoaded(examination)}", Next(examination));
        else
            yield return Kernel.Found(seen);
    }

    private static Message Loaded(Examination examination) => examination.Provider.Kind switch
    {
        ToaProviderKind.ToaModule => $"This project's module is loaded. {OwnAbility}.",
        ToaProviderKind.ToaEbpf => $"This project's eBPF provider is loaded. {OwnAbility}.",
        ToaProviderKind.TencentOS => $"The kernel's own module is loaded. {examination.TencentOSAbility}.",
        ToaProviderKind.None => $"No TOA module is loaded.",
        _ => $"Another vendor's provider is loaded: see {ProviderCheck.Other.Id}.",
    };

    private static Message ToBeLoaded(Examination examination)
    {
        if (examination.Modprobe.Module is not { } module)
            return $"Which module modprobe toa would load is not known: {examination.Modprobe.Problem!.What}";
        Message whose = $"modprobe toa would load {module.Path}, which is {module.Whose}.";
        return module.IsOwn switch
        {
            true => $"{whose} {OwnAbility}.",
            false when module.IsOfKernel => $"{whose} {TencentOSModule.Ability(examination.KernelRelease, module.HasPeerNameSwitch)}.",
            _ => whose,
        };
    }

    private static Message Next(Examination examination)
    {
        Message run = examination.Provider.IsContainer ? (Message)$"On the host: run" : $"Run";
        return examination.Provider.Kind switch
        {
            ToaProviderKind.ToaModule or ToaProviderKind.ToaEbpf => $"",
            ToaProviderKind.None when examination.HasEbpf => $"",
            ToaProviderKind.None when examination.Modprobe.Module is { IsOwn: true } =>
                $"{run} toa provider load. See docs/guides/tencentos.md.",
            ToaProviderKind.None =>
                $"{run} toa provider install --trusted YOUR-BALANCERS, then toa provider load. See docs/guides/tencentos.md.",
            ToaProviderKind.TencentOS => $"Replace it with this project's module: see {ProviderCheck.TencentOS.Id}.",
            _ => $"Replace it with this project's module: see {ProviderCheck.Other.Id}.",
        };
    }
}
