using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether this process sees a container or the host.</summary>
internal sealed class ContainerCheck : ICheck
{
    public static readonly FindingKind Host = new("TOA103", Severity.Info, $"No container was detected: this is the host");
    public static readonly FindingKind Container = new("TOA104", Severity.Info,
        $"This is a container: it uses the provider of its host");

    public static readonly FindingKind GVisor = new("TOA105", Severity.Error,
        $"This is gVisor: a provider of the host does not serve it");
    public static readonly FindingKind Kata = new("TOA106", Severity.Info,
        $"This is a Kata container: it needs a provider in its own kernel");

    public Message About => $"containers";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.Sandbox is { } sandbox)
            yield return OfSandbox(sandbox, examination.Provider.Kind);
        else if (!examination.Provider.IsContainer)
            yield return Host.Found($"No sign of a container was found.");
        else if (examination.Provider.Kind == ToaProviderKind.None)
            yield return Container.Found(
                $"Signs of a container were found, and no provider answers.",
                $"Load the module or the eBPF provider on the host. See docs/guides/containers.md.");
        else
            yield return Container.Found(
                $"Signs of a container were found. Counters, listeners and packets are those of its network namespace.",
                $"Run toa doctor on the host too: it can check more there.");
    }

    private static Finding OfSandbox(SandboxKernel sandbox, ToaProviderKind provider)
    {
        Message seen = $"Signs: {string.Join(", ", sandbox.Marks)}.";
        if (sandbox.Kind == SandboxKind.GVisor)
            return GVisor.Found(seen,
                $"gVisor has its own TCP, which ignores TOA options. No module and no eBPF program reaches its connections. Run the server with "
                + $"another runtime, for example runc, or let a proxy outside of gVisor pass the client on, for example with the PROXY protocol. "
                + $"See docs/guides/containers.md.");
        return provider == ToaProviderKind.None
            ? Kata.Found(seen,
                $"A provider on the host does not serve this container. Put a module that is built for this guest kernel into the guest's image, "
                + $"and let Kata load it: kernel_modules in its configuration. See docs/guides/containers.md.")
            : Kata.Found($"{seen} A provider answers in the guest kernel.");
    }
}
