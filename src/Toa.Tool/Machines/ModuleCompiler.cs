using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The compiler with which the module's makefile builds the module.</summary>
/// <param name="Program">Its name; the linker's name, if the kernel was built with LLVM and the linker is missing.</param>
/// <param name="Version">Its version.</param>
/// <param name="OfKernel">The compiler that built the kernel, in its own words.</param>
/// <param name="Install">The command that installs the compiler that built the kernel.</param>
/// <param name="HowToUse">How to build with it, if <paramref name="Program"/> is another one.</param>
/// <param name="Refused">Options that the kernel's configuration demands, and that it does not know.</param>
internal sealed record ModuleCompiler(
    string Program, string Version, string OfKernel, Message Install, Message HowToUse, IReadOnlyList<string> Refused)
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

    /// <summary>Whether clang built the kernel: gcc cannot build modules for it.</summary>
    public bool IsClang { get; private init; }

    public bool IsMissing => Version.Length == 0;

    /// <summary>Finds it in the headers of a kernel; null if they are missing.</summary>
    public static async Task<ModuleCompiler?> FindAsync(IMachine machine, string headers)
    {
        string? configuration = machine.ReadText(headers + "/include/config/auto.conf");
        if (configuration is null)
            return null;
        ILookup<string, string> settings = configuration.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1].Trim().Trim('"'));
        bool isClang = settings["CONFIG_CC_IS_CLANG"].Contains("y");
        bool isRunning = headers.TrimStart('/') == $"lib/modules/{machine.KernelRelease()}/build";
        string ofKernel = settings["CONFIG_CC_VERSION_TEXT"].FirstOrDefault() ?? (isRunning ? OfRunningKernel(machine) : null)
            ?? (isClang ? "clang" : "gcc");
        return isClang ? await FindClangAsync(machine, settings, ofKernel) : await FindGccAsync(machine, headers, settings, ofKernel);
    }

    private static async Task<ModuleCompiler> FindGccAsync(
        IMachine machine, string headers, ILookup<string, string> settings, string ofKernel)
    {
        // Debian's headers name it.
        string program = Named(machine.ReadText(headers + "/.kernelvariables")) ?? "gcc";
        ProcessResult version = await machine.RunAsync(program, ["-dumpfullversion", "-dumpversion"], CancellationToken.None);
        string own = version.IsFine ? version.Output.Trim() : "";
        IReadOnlyList<string> refused = own.Length > 0 && !ofKernel.EndsWith(" " + own, StringComparison.Ordinal)
            ? await RefusedAsync(machine, program, settings)
            : [];
        return new ModuleCompiler(
            program, own, ofKernel, Packages.Compiler(PackageOf(ofKernel)),
            $"Then let {program} lead to it (update-alternatives), or build with make CC=.", refused);
    }

    // As native/kmod/Makefile does: the programs of the kernel's major version if both are there, else clang and ld.lld.
    private static async Task<ModuleCompiler> FindClangAsync(IMachine machine, ILookup<string, string> settings, string ofKernel)
    {
        // 180103 is 18.1.3.
        string suffix = settings["CONFIG_CLANG_VERSION"].FirstOrDefault() is { Length: > 4 } number ? $"-{number[..^4]}" : "";
        Message install = Packages.Clang(suffix);
        Message howToUse = $"The module's Makefile then uses it (make LLVM={(suffix.Length > 0 ? suffix : "1")}).";
        string version = suffix.Length > 0 && await VersionAsync("ld.lld", suffix) is not null ? await VersionAsync("clang", suffix) ?? "" : "";
        if (version.Length == 0)
        {
            suffix = "";
            version = await VersionAsync("clang", suffix) ?? "";
            if (version.Length > 0 && await VersionAsync("ld.lld", suffix) is null)
                return new ModuleCompiler("ld.lld", "", ofKernel, install, howToUse, []) { IsClang = true };
        }

        string program = "clang" + suffix;
        IReadOnlyList<string> refused = version.Length > 0 && !$"{ofKernel} ".Contains($"clang version {version} ", StringComparison.Ordinal)
            ? await RefusedAsync(machine, program, settings)
            : [];
        return new ModuleCompiler(program, version, ofKernel, install, howToUse, refused) { IsClang = true };

        async Task<string?> VersionAsync(string name, string ending)
        {
            ProcessResult result = await machine.RunAsync(
                name + ending, [name == "clang" ? "-dumpversion" : "--version"], CancellationToken.None);
            return result.IsFine ? result.Output.Trim() : null;
        }
    }

    private static async Task<IReadOnlyList<string>> RefusedAsync(IMachine machine, string program, ILookup<string, string> settings)
    {
        // With this setting, the kernel's makefiles use the option only together with a second one that allows it.
        bool isAllowedExtra = settings["CONFIG_CC_HAS_AUTO_VAR_INIT_ZERO_ENABLER"].Contains("y");
        List<string> refused = [];
        foreach ((string setting, string option) in s_options)
        {
            if (settings[setting].Contains("y") && !(isAllowedExtra && setting == "CONFIG_INIT_STACK_ALL_ZERO")
                && !(await machine.RunAsync(program, [option, "-E", "-x", "c", "/dev/null"], CancellationToken.None)).IsFine)
                refused.Add(option);
        }

        return [.. refused.Distinct()];
    }

    // Linux version 5.4.0 (user@host) (clang version 10.0.0 …) #1 SMP …: headers of older kernels do not name the compiler.
    private static string? OfRunningKernel(IMachine machine)
    {
        string version = machine.ReadText("proc/version") ?? "";
        const string Start = ") (";
        int start = version.IndexOf(Start, StringComparison.Ordinal), end = version.IndexOf(") #", StringComparison.Ordinal);
        return start > 0 && end > start ? version[(start + Start.Length)..end] : null;
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
        return at >= 0 ? name[at..] : "gcc";
    }
}
