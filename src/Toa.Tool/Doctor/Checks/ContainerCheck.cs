using System.Collections.Generic;
using Toa.Diagnostics;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether this process sees a container or the host.</summary>
internal sealed class ContainerCheck : ICheck
{
    public static readonly FindingKind Host = new("TOA103", Severity.Info, "This is the host, or looks like it");
    public static readonly FindingKind Container = new("TOA104", Severity.Info,
        "This is a container: the provider is its host's");

    public string About => "containers";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.Provider.IsContainer)
            yield return Host.Found("There are no marks of a container.");
        else if (examination.Provider.Kind == ToaProviderKind.None)
            yield return Container.Found(
                "There are marks of a container, and no provider.",
                "Load the module, or the eBPF provider, on the host; see docs/containers.md.");
        else
            yield return Container.Found(
                "There are marks of a container. Counters, listeners and packets are those of its network namespace.",
                "Run toa doctor on the host as well, for what a container cannot see.");
    }
}
