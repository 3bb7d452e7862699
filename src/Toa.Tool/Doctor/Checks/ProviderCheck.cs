using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether a provider reads TOA options in the kernel, and which one.</summary>
internal sealed class ProviderCheck : ICheck
{
    public static readonly FindingKind Present = new("TOA110", Severity.Ok,
        $"A provider of this project reads TOA options");
    public static readonly FindingKind None = new("TOA111", Severity.Error,
        $"No provider reads TOA options in this kernel");
    public static readonly FindingKind Other = new("TOA112", Severity.Warning, $"The provider is another vendor's");
    public static readonly FindingKind TencentOS = new("TOA113", Severity.Warning, $"The provider is TencentOS's own module");

    private static readonly Message ReportsBoth =
        $"It reports IPv4 and IPv6 clients, but not the balancer of IPv4 clients, so trust cannot be checked. Restrict access to "
        + $"the port. To get trust checks, unload it the way its vendor documents, and install a provider of this project.";

    private static readonly Message ReportsIPv4 =
        $"It reports IPv4 clients only, but not their balancer, so trust cannot be checked. Restrict access to the port. To get "
        + $"trust checks and IPv6 clients, unload it the way its vendor documents, and install a provider of this project.";

    private static readonly Message AnswersClients =
        $"It is vtoa of Alibaba Cloud Linux. The library reads IPv4 and IPv6 clients from it with getsockopt 1348. It does not report the "
        + $"balancer, so connections cannot be checked against known proxies. Restrict access to the port. To get trust checks, unload "
        + $"it the way its vendor documents, and install a provider of this project.";

    public Message About => $"the provider";

    public IEnumerable<Finding> Run(Examination examination)
    {
        ToaProvider provider = examination.Provider;
        Message modules = provider.Modules.Count > 0 ? (Message)$", modules {string.Join(", ", provider.Modules)}" : $"";
        Message answers = $"getsockopt 4096 is {Known(provider.AnswersIPv6Lookup)}, 4097 is "
            + $"{Known(provider.AnswersInfo)}{modules}.";
        string formats = FormatAdvice.ForLoad(examination);
        Message stopOnHost = $"On the host: stop", stop = $"Stop";
        yield return provider.Kind switch
        {
            ToaProviderKind.ToaModule or ToaProviderKind.ToaEbpf => Present.Found($"{provider.Kind}: {answers}"),
            ToaProviderKind.TencentOS => TencentOS.Found(
                $"{answers} {examination.TencentOSAbility}.",
                $"{(provider.IsContainer ? stopOnHost : stop)} the programs that use it, then run rmmod toa, toa provider install "
                + $"--trusted YOUR-BALANCERS{formats} and toa provider load. See docs/guides/tencentos.md."),
            ToaProviderKind.None when examination.HasEbpf => None.Found(answers,
                $"The eBPF provider is loaded on this machine, but does not serve this process: see {EbpfCheck.NotHere.Id} or "
                + $"{EbpfCheck.NotWhole.Id}."),
            ToaProviderKind.None when examination.Sandbox is { Kind: var sandbox } => None.Found(answers,
                $"The host's providers do not serve this process: see {(sandbox == SandboxKind.GVisor ? ContainerCheck.GVisor : ContainerCheck.Kata).Id}."),
            ToaProviderKind.None when provider.IsContainer => None.Found(answers,
                $"Load the module or the eBPF provider on the host of this container."),
            ToaProviderKind.None when ToBeLoaded(examination) is { } module => None.Found(answers, module.IsOwn switch
            {
                true => $"The module is installed. Run toa provider load --trusted YOUR-BALANCERS{formats}.",
                false => $"{module.Path} is {module.Whose}: see {InstallationCheck.OtherVendor.Id}.",
                null => $"Whether {module.Path} is this project's module is not known: see {Checkup.NotLookedAt.Id}.",
            }),
            ToaProviderKind.None => None.Found(
                answers,
                $"Install the eBPF provider (toa provider install --kind ebpf --trusted YOUR-BALANCERS{formats}), or the module (toa "
                + $"provider install --trusted YOUR-BALANCERS{formats}, then toa provider load). See docs/operate/choose-a-provider.md."),
            ToaProviderKind.AlibabaCloud => Other.Found(
                $"getsockopt 1348 is {Known(provider.AnswersVtoa)}{modules}.", AnswersClients),
            _ => Other.Found(
                answers,
                provider.AnswersIPv6Lookup ? ReportsBoth : ReportsIPv4),
        };
    }

    // If modprobe's choice is not known, assume a module that conflicts.
    private static ModuleFile? ToBeLoaded(Examination examination)
    {
        List<ModuleFile> here = [.. examination.ModulesHere];
        return examination.Modprobe.Module
            ?? here.Find(module => module.IsOwn == false)
            ?? here.Find(module => module.IsOwn is null)
            ?? here.Find(module => module.IsOwn == true);
    }

    private static Message Known(bool isKnown) => isKnown ? (Message)$"answered" : $"not answered";
}
