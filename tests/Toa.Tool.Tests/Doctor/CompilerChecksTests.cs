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

    [Fact]
    public async Task Where_a_provider_is_loaded_no_compiler_is_asked()
    {
        (await Diagnosis.OfAsync(_machine.WithModule())).Only("TOA20", "TOA200");

        _machine.Calls.Should().NotContain(call => call.StartsWith("gcc"));
    }
}
