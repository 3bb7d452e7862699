using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether this process sees a container or the host.</summary>
internal sealed class ContainerCheck : ICheck
{
    public static readonly FindingKind Host = new("TOA103", Severity.Info, $"No container was detected: this is the host");
    public static readonly FindingKind Container = new("TOA104", Severity.Info,
        $"This is a container: it uses the provider of its host");

    public Message About => $"containers";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.Provider.IsContainer)
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
}
