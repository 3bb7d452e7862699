using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Internal;
using Toa.Interop;

namespace Toa.Diagnostics;

/// <summary>
/// The TOA provider that serves this process, and the facts that decide whether one can: for health checks, support requests and
/// the log at startup.
/// </summary>
public sealed class ToaProvider
{
    private ToaProvider(HostFiles host, ProviderAnswers answers)
    {
        KernelRelease = host.KernelRelease;
        OperatingSystemName = host.OperatingSystemName;
        IsTencentOSKernel = host.IsTencentOSKernel;
        IsContainer = host.IsContainer;
        Modules = host.ToaModules.ToArray();
        AnswersIPv6Lookup = answers.Lookup;
        AnswersInfo = answers.Info;
        AnswersVtoa = answers.Vtoa;
        Kind = KindOf(host);
        TrustedNetworks = Kind == ToaProviderKind.ToaModule ? host.ModuleSetting("trusted") : null;
    }

    /// <summary>The kind of the provider.</summary>
    public ToaProviderKind Kind { get; }

    /// <summary>
    /// Whether the provider answers <c>getsockopt(IPPROTO_IP, 4096)</c>, which returns IPv6 clients. Providers without it only
    /// rewrite <c>getpeername</c>, for IPv4 clients.
    /// </summary>
    public bool AnswersIPv6Lookup { get; }

    /// <summary>
    /// Whether the provider answers <c>getsockopt(IPPROTO_IP, 4097)</c>, which returns the transport peer. Trust can then be
    /// checked for every connection. Only providers of this project support it.
    /// </summary>
    public bool AnswersInfo { get; }

    /// <summary>
    /// Whether the provider answers <c>getsockopt(IPPROTO_IP, 1348)</c>, which returns IPv4 and IPv6 clients. Only vtoa of Alibaba
    /// Cloud Linux supports it.
    /// </summary>
    public bool AnswersVtoa { get; }

    /// <summary>
    /// The networks whose TOA options the provider accepts, as in its parameter <c>trusted</c>. <see langword="null"/> if they
    /// cannot be read: the eBPF provider shows its list to <c>toa-bpf status</c> only, and other vendors' modules have none.
    /// </summary>
    public string? TrustedNetworks { get; }

    /// <summary>Whether the provider is known to accept TOA options from certain networks only.</summary>
    public bool HasTrustedNetworks => TrustedNetworks is not (null or "" or "any");

    /// <summary>
    /// Loaded kernel modules that read TOA options, this project's or another vendor's: <c>toa</c>, <c>vtoa</c>, <c>hookers</c>,
    /// <c>ttm</c> (unless it is the module of graphics drivers), and all modules whose names start or end with <c>toa</c> or
    /// contain <c>_toa_</c>.
    /// </summary>
    public IReadOnlyList<string> Modules { get; }

    /// <summary>The output of <c>uname -r</c>; on systems other than Linux, the version of the operating system.</summary>
    public string KernelRelease { get; }

    /// <summary>The name of the distribution, from /etc/os-release; in a container, the container's.</summary>
    public string OperatingSystemName { get; }

    /// <summary>Whether this is a kernel of TencentOS (tlinux), which has its own TOA module.</summary>
    public bool IsTencentOSKernel { get; }

    /// <summary>Whether this process runs in a container. The provider is then on the host.</summary>
    public bool IsContainer { get; }

    /// <summary>Asks the kernel and reads its files. Costs several system calls: call it at startup, not for each connection.</summary>
    /// <remarks>Never throws: facts that cannot be read count as absent.</remarks>
    public static ToaProvider Detect() => Detect(new HostFiles("/"), ProviderAnswers.Ask(default(LibcCalls)));

    /// <summary>One line for a log: <c>TOA provider: ToaModule (toa); kernel 6.12.9-cloud-amd64, Debian GNU/Linux 12, host</c>.</summary>
    public override string ToString()
    {
        string modules = Modules.Count == 0 ? "" : $" ({string.Join(", ", Modules)})";
        return $"TOA provider: {Kind}{modules}; kernel {KernelRelease}, {OperatingSystemName}, {(IsContainer ? "container" : "host")}";
    }

    internal static ToaProvider Detect(HostFiles host, ProviderAnswers answers) => new(host, answers);

    private ToaProviderKind KindOf(HostFiles host)
    {
        // The name alone proves nothing: other vendors' modules have it too, and can be loaded together with the eBPF provider.
        if (AnswersInfo)
            return Modules.Contains("toa") && !host.IsToaAnotherVendors ? ToaProviderKind.ToaModule : ToaProviderKind.ToaEbpf;
        if (AnswersVtoa || host.HasVtoa)
            return ToaProviderKind.AlibabaCloud;
        if (Modules.Count > 0)
            return IsTencentOSModule(host) ? ToaProviderKind.TencentOS : ToaProviderKind.OtherModule;
        return AnswersIPv6Lookup ? ToaProviderKind.Unknown : ToaProviderKind.None;
    }

    // TencentOS's module answers no socket option. The kernel marks a module of this name from elsewhere as out-of-tree.
    private bool IsTencentOSModule(HostFiles host) =>
        IsTencentOSKernel && !AnswersIPv6Lookup && Modules.Count == 1 && Modules[0] == "toa"
        && host.IsToaAnotherVendors && host.IsToaOfKernel;
}
