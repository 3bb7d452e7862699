using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Doctor.Checks;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor;

/// <summary>All checks, in the order of the vendor's troubleshooting list.</summary>
internal static class Checkup
{
    public static FindingKind NotLookedAt { get; } =
        new("TOA001", Severity.Warning, $"Something could not be checked");

    private static IReadOnlyList<ICheck> Checks { get; } =
    [
        new KernelCheck(),
        new ContainerCheck(),
        new ProviderCheck(),
        new HeadersCheck(),
        new CompilerCheck(),
        new InstallationCheck(),
        new SignatureCheck(),
        new HooksCheck(),
        new EbpfCheck(),
        new ServedListenersCheck(),
        new TrustCheck(),
        new FastOpenCheck(),
        new CountersCheck(),
        new TroubleCheck(),
        new ModulesCheck(),
        new BpfCheck(),
        new SynProxyCheck(),
        new ProxyCheck(),
        new MasqueradeCheck(),
        new StrippedOptionCheck(),
        new RulesCheck(),
        new ListenersCheck(),
        new DeferAcceptCheck(),
        new CaptureCheck(),
        new ProbeCheck(),
    ];

    public static IReadOnlyList<Finding> Run(Examination examination)
    {
        List<Finding> findings = [];
        bool isGVisor = examination.Sandbox is { Kind: SandboxKind.GVisor };
        // gVisor has no modules, no eBPF programs, and no provider: what the other checks say is about Linux.
        foreach (ICheck check in Checks.Where(check => !isGVisor || check is KernelCheck or ContainerCheck or ProviderCheck or ListenersCheck))
        {
            try
            {
                // One at a time, so that findings before an exception are kept.
                foreach (Finding finding in check.Run(examination))
                    findings.Add(finding);
            }
            catch (CannotLookException e)
            {
                findings.Add(Unknown(check, e));
            }
        }

        return findings;
    }

    /// <summary>The finding that a check could not look at something.</summary>
    public static Finding Unknown(ICheck check, CannotLookException problem) =>
        NotLookedAt.Found($"{check.About}: {problem.What}", problem.Cure);
}
