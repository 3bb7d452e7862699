using System;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>The doctor's findings about the compiler of the module.</summary>
public sealed class CompilerChecksTests : IDisposable
{
    private const string Headers = "lib/modules/" + FakeMachine.Release + "/build/";

    // From the headers of Debian's kernel 7.3.
    private const string Settings =
        "CONFIG_CC_VERSION_TEXT=\"x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0\"\nCONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=y\nCONFIG_CC_HAS_ENTRY_PADDING=y\n"
        + "CONFIG_INIT_STACK_ALL_ZERO=y\nCONFIG_CC_HAS_SLS=y\nCONFIG_CC_HAS_RETURN_THUNK=y\nCONFIG_ARCH_SUPPORTS_CFI=y\n";

    private const string Variables =
        "override ARCH = x86\nCCACHE = ccache\nCC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-14\n"
        + "DEB_BUILD_ARCH ?= $(shell dpkg --print-architecture)\noverride CROSS_COMPILE = x86_64-linux-gnu-\n";

    // As with LLVM=1.
    private const string ClangSettings =
        "CONFIG_CC_IS_CLANG=y\nCONFIG_CLANG_VERSION=180103\nCONFIG_LD_IS_LLD=y\nCONFIG_CC_VERSION_TEXT=\"Ubuntu clang version 18.1.3 (1ubuntu1)\"\n"
        + "CONFIG_CFI_CLANG=y\nCONFIG_CC_HAS_ENTRY_PADDING=y\n";

    // Those of Debian's kernel 6.1 prefix the compiler only for a cross build.
    private const string OlderVariables =
        "CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12\nifneq ($(DEB_BUILD_ARCH),$(DEB_HOST_ARCH))\n"
        + "override CROSS_COMPILE = $(DEB_HOST_GNU_TYPE)-\nendif\n";

    private readonly FakeMachine _machine = new FakeMachine().Write(Headers + "Makefile", "").Write(Headers + "include/config/auto.conf", Settings);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_compiler_that_the_headers_name_and_that_is_missing_is_named_with_its_package()
    {
        _machine.Write(Headers + ".kernelvariables", Variables);

        (await Diagnosis.OfAsync(_machine)).Only("TOA203", "TOA203").Should().Be((
            "x86_64-linux-gnu-gcc-14 is missing. The kernel was built with x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0.",
            "Install it: apt-get install gcc-14 (Debian, Ubuntu) or dnf install gcc (RHEL, CentOS)."));
    }

    [Fact]
    public async Task An_older_compiler_that_refuses_an_option_is_named_with_the_option()
    {
        _machine.Program("gcc -dumpfullversion -dumpversion", "12.2.0\n")
            .Program("gcc -fmin-function-alignment=16", "", 1, "gcc: error: unrecognized command-line option '-fmin-function-alignment=16'")
            .Program("gcc -");

        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA200", "TOA204").Should().Be((
            "gcc 12.2.0 refuses -fmin-function-alignment=16. The kernel was built with x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0.",
            "Install the kernel's compiler: apt-get install gcc-14 (Debian, Ubuntu) or dnf install gcc (RHEL, CentOS). Then let gcc lead to it "
            + "(update-alternatives), or build with make CC=."));
    }

    [Theory]
    [InlineData("14.2.0", "gcc", "")]
    [InlineData("14.3.1", "gcc", "")] // another version that knows all options
    [InlineData("14.2.0", "x86_64-linux-gnu-gcc-14", Variables)]
    [InlineData("12.2.0", "gcc-12", OlderVariables)]
    public async Task A_compiler_that_can_build_the_module_is_no_finding(string version, string program, string variables)
    {
        _machine.Write(Headers + ".kernelvariables", variables).Program($"{program} -dumpfullversion", version + "\n").Program($"{program} -");

        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA200");
    }

    [Theory]
    [InlineData("", "clang")] // gcc is there, but cannot build the module
    [InlineData("clang", "ld.lld")]
    [InlineData("clang-18", "clang")] // without its linker, the makefile does not use it
    public async Task For_a_kernel_of_clang_the_missing_program_of_LLVM_is_named_with_its_packages(string present, string missing)
    {
        _machine.Write(Headers + "include/config/auto.conf", ClangSettings).Program("gcc -dumpfullversion", "14.2.0\n").Program("gcc -");
        if (present.Length > 0)
            _machine.Program($"{present} -dumpversion", "18.1.3\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA203", "TOA203").Should().Be((
            $"{missing} is missing. The kernel was built with Ubuntu clang version 18.1.3 (1ubuntu1).",
            "Install it: apt-get install clang-18 lld-18 llvm-18 (Debian, Ubuntu) or dnf install clang lld llvm (RHEL, CentOS)."));
    }

    [Theory]
    [InlineData("-18", "18.1.8")]
    [InlineData("", "18.1.3")]
    [InlineData("", "19.1.0")]
    public async Task Clang_that_can_build_the_module_is_no_finding(string suffix, string version)
    {
        _machine.Write(Headers + "include/config/auto.conf", ClangSettings)
            .Program($"clang{suffix} -dumpversion", version + "\n").Program($"ld.lld{suffix} --version").Program($"clang{suffix} -f");

        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA200");
        _machine.Calls.Should().NotContain(call => call.StartsWith("gcc")).And.NotContain(call => version == "18.1.3" && call.Contains(" -E "));
    }

    [Fact]
    public async Task An_older_clang_that_refuses_an_option_is_named_with_the_option()
    {
        _machine.Write(Headers + "include/config/auto.conf", ClangSettings).Program("clang -dumpversion", "14.0.6\n").Program("ld.lld --version")
            .Program("clang -fsanitize=kcfi", "", 1, "clang: error: unsupported argument 'kcfi' to option '-fsanitize='").Program("clang -f");

        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA200", "TOA204").Should().Be((
            "clang 14.0.6 refuses -fsanitize=kcfi. The kernel was built with Ubuntu clang version 18.1.3 (1ubuntu1).",
            "Install the kernel's compiler: apt-get install clang-18 lld-18 llvm-18 (Debian, Ubuntu) or dnf install clang lld llvm (RHEL, CentOS). "
            + "The module's Makefile then uses it (make LLVM=-18)."));
    }

    [Fact]
    public async Task Clang_15_is_not_asked_for_an_option_that_it_allows_only_with_another()
    {
        _machine.Write(Headers + "include/config/auto.conf", ClangSettings + "CONFIG_INIT_STACK_ALL_ZERO=y\nCONFIG_CC_HAS_AUTO_VAR_INIT_ZERO_ENABLER=y\n")
            .Program("clang -dumpversion", "15.0.7\n").Program("ld.lld --version")
            .Program("clang -ftrivial-auto-var-init=zero", "", 1, "clang: error: '-ftrivial-auto-var-init=zero' hasn't been enabled.").Program("clang -f");

        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA200");
    }

    [Theory]
    [InlineData("CONFIG_CC_IS_CLANG=y\nCONFIG_CLANG_VERSION=100000\n", "(clang version 10.0.0-4ubuntu1)", "clang version 10.0.0-4ubuntu1", "clang-10 lld-10 llvm-10")]
    [InlineData("CONFIG_CC_IS_GCC=y\n", "(gcc version 8.3.0 (Debian 8.3.0-6))", "gcc version 8.3.0 (Debian 8.3.0-6)", "gcc")]
    public async Task Headers_that_do_not_name_the_compiler_are_those_of_the_running_kernel(string settings, string words, string compiler, string package)
    {
        _machine.Write(Headers + "include/config/auto.conf", settings)
            .Write("proc/version", $"Linux version 5.4.0 (build@host) {words} #1 SMP Mon Jan 1 00:00:00 UTC 2024\n");

        (string seen, string next) = (await Diagnosis.OfAsync(_machine))["TOA203"];

        seen.Should().EndWith($" is missing. The kernel was built with {compiler}.");
        next.Should().StartWith($"Install it: apt-get install {package} (Debian, Ubuntu)");
    }

    [Fact]
    public async Task Where_a_provider_is_loaded_no_compiler_is_asked()
    {
        (await Diagnosis.OfAsync(_machine.WithModule())).Only("TOA20", "TOA200");

        _machine.Calls.Should().NotContain(call => call.StartsWith("gcc"));
    }
}
