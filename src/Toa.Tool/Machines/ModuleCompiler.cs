using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Tool.Machines;

/// <summary>The compiler with which the kernel's makefiles build a module.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="OfKernel">The compiler that built the kernel, in its own words.</param>
/// <param name="Package">The package with the compiler that built the kernel.</param>
/// <param name="Refused">Options that the kernel's configuration demands, and that it does not know.</param>
internal sealed record ModuleCompiler(
    string Program, string Version, string OfKernel, string Package, IReadOnlyList<string> Refused)
{
    // The kernel's own makefiles use these options if its compiler knew them, without asking the compiler of a module.
    private static readonly Dictionary<string, string> s_options = new()
    {
        ["CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT"] = "-fmin-function-alignment=16",
        ["CONFIG_CC_HAS_ENTRY_PADDING"] = "-fpatchable-function-entry=16,16",
        ["CONFIG_CC_HAS_RETURN_THUNK"] = "-mfunction-return=thunk-extern",
        ["CONFIG_CC_HAS_SLS"] = "-mharden-sls=all",
        ["CONFIG_ZERO_CALL_USED_REGS"] = "-fzero-call-used-regs=used-gpr",
        ["CONFIG_INIT_STACK_ALL_ZERO"] = "-ftrivial-auto-var-init=zero",
        ["CONFIG_CFI_CLANG"] = "-fsanitize=kcfi",
        ["CONFIG_CFI"] = "-fsanitize=kcfi",
    };

    public bool IsMissing => Version.Length == 0;

    /// <summary>Finds it in the headers of a kernel; null if they are missing.</summary>
    public static async Task<ModuleCompiler?> FindAsync(IMachine machine, string headers)
    {
        string? configuration = machine.ReadText(headers + "/include/config/auto.conf");
        if (configuration is null)
            return null;
        ILookup<string, string> settings = configuration.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1].Trim().Trim('"'));
        string ofKernel = settings["CONFIG_CC_VERSION_TEXT"].FirstOrDefault() ?? "";
        // Debian's headers name it.
        string program = Named(machine.ReadText(headers + "/.kernelvariables")) ?? "gcc";
        ProcessResult version = await machine.RunAsync(program, ["-dumpfullversion", "-dumpversion"], CancellationToken.None);
        string own = version.IsFine ? version.Output.Trim() : "";
        List<string> refused = [];
        if (own.Length > 0 && !ofKernel.EndsWith(" " + own, StringComparison.Ordinal))
        {
            foreach ((string setting, string option) in s_options)
            {
                if (settings[setting].Contains("y")
                    && !(await machine.RunAsync(program, [option, "-E", "-x", "c", "/dev/null"], CancellationToken.None)).IsFine)
                    refused.Add(option);
            }
        }

        return new ModuleCompiler(program, own, ofKernel, PackageOf(ofKernel), [.. refused.Distinct()]);
    }

    // CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12
    // override CROSS_COMPILE = x86_64-linux-gnu-
    private static string? Named(string? variables)
    {
        string? After(string name) => variables?.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.LastIndexOf(' ') + 1)..]).LastOrDefault();
        const string Prefix = "$(CROSS_COMPILE)";
        string? compiler = After("CC = "), prefix = After("override CROSS_COMPILE = ");
        // In older headers, the prefix is that of a cross build only, and depends on a variable.
        bool isPlain = prefix?.Contains('$', StringComparison.Ordinal) == false;
        return compiler?.Replace(Prefix, isPlain ? prefix : "", StringComparison.Ordinal);
    }

    // x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0; gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3)
    private static string PackageOf(string compiler)
    {
        string name = compiler.Split(' ')[0];
        int at = name.LastIndexOf("gcc", StringComparison.Ordinal);
        return at >= 0 ? name[at..] : name.Contains("clang", StringComparison.Ordinal) ? "clang" : "gcc";
    }
}
