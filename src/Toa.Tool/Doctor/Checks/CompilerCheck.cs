using System.Collections.Generic;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether a compiler is installed that can build the module for the running kernel.</summary>
internal sealed class CompilerCheck : ICheck
{
    public static readonly FindingKind Missing = new("TOA203", Severity.Warning,
        $"The compiler that builds the module for this kernel is not installed");
    public static readonly FindingKind Refuses = new("TOA204", Severity.Warning,
        $"The compiler does not know options with which this kernel was built");

    public Message About => $"the compiler";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.Compiler is not { } compiler)
            yield break;
        if (compiler.IsMissing)
            yield return Missing.Found(
                $"{compiler.Program} is missing. The kernel was built with {compiler.OfKernel}.",
                $"Install it: {compiler.Install}.");
        else if (compiler.Refused.Count > 0)
            yield return Refuses.Found(
                $"{compiler.Program} {compiler.Version} refuses {string.Join(", ", compiler.Refused)}. The kernel was built with {compiler.OfKernel}.",
                $"Install the kernel's compiler: {compiler.Install}. {compiler.HowToUse}");
    }
}
