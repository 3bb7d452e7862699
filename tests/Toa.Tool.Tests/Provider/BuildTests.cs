using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Provider;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider build</c> with a simulated compiler; <see cref="RealBuildTests"/> uses a real one.</summary>
public sealed class BuildTests : IDisposable
{
    private const string Headers = "lib/modules/" + FakeMachine.Release + "/build/";

    private readonly FakeMachine _machine = new FakeMachine().Write(Headers + "Makefile", "").Program("make --version").Program("gcc --version");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task It_writes_the_source_and_runs_make_against_the_running_kernel()
    {
        _machine.Program("make -C");

        Run run = await Run.ToaAsync(_machine, "provider", "build", "--output", "/build");

        run.ExitCode.Should().Be(0);
        run.Output.Should().Be("Built /build/kmod/toa.ko for 6.12.9-test. Load it: sudo toa provider load --module /build/kmod/toa.ko\n");
        _machine.Calls[^1].Should().Be($"make -C {_machine.Root}/build/kmod KDIR={_machine.Root}/lib/modules/6.12.9-test/build");
        foreach (string folder in (string[])["kmod", "include"])
        {
            foreach (string file in Directory.GetFiles(Repository.PathOf($"native/{folder}"), "*.[ch]", SearchOption.AllDirectories)
                         .Where(file => Path.GetFileName(file) != "generated.h" && !file.EndsWith(".mod.c")))
            {
                string path = Path.GetRelativePath(Repository.PathOf("native"), file);
                _machine.Read($"build/{path}").Should().Be(File.ReadAllText(file));
            }
        }
    }

    [Fact]
    public async Task What_an_older_build_has_left_is_gone()
    {
        _machine.Program("make -C").Write("build/kmod/old.c", "");

        await Run.ToaAsync(_machine, "provider", "build", "--output", "/build");

        File.Exists(Path.Combine(_machine.Root, "build/kmod/old.c")).Should().BeFalse();
    }

    [Fact]
    public async Task A_folder_with_other_things_in_it_is_left_alone()
    {
        _machine.Write("home/thesis.tex", "years of work");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "build", "--output", "/home"), "/home contains files that are not from a build of the module.");

        _machine.Read("home/thesis.tex").Should().Be("years of work");
    }

    [Fact]
    public async Task A_dry_run_prints_the_commands_and_does_nothing()
    {
        Run run = await Run.ToaAsync(_machine, "provider", "build", "--output", "/build", "--dry-run");

        run.ExitCode.Should().Be(0);
        run.Lines.Should().HaveCount(2);
        run.Lines[0].Should().StartWith("# write ");
        run.Lines[1].Should().StartWith("make -C ");
        Directory.Exists(Path.Combine(_machine.Root, "build")).Should().BeFalse();
        _machine.Calls.Should().NotContain(call => call.StartsWith("make -C"));
    }

    [Fact]
    public async Task JSON_tells_what_was_done()
    {
        _machine.Program("make -C");

        JsonElement json = (await Run.ToaAsync(_machine, "provider", "build", "--output", "/build", "--json")).Json;

        json.GetProperty("action").GetString().Should().Be("build");
        json.GetProperty("dryRun").GetBoolean().Should().BeFalse();
        json.GetProperty("module").GetString().Should().Be("/build/kmod/toa.ko");
        json.GetProperty("commands").EnumerateArray().Select(command => command.GetString()!).Should().Contain(command => command.StartsWith("make -C"));
    }

    [Fact]
    public async Task Missing_headers_are_named_by_their_packages()
    {
        File.Delete(Path.Combine(_machine.Root, Headers, "Makefile"));

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "build", "--output", "/build"),
            "no kernel headers in /lib/modules/6.12.9-test/build: apt-get install linux-headers-6.12.9-test (Debian, Ubuntu) or dnf install kernel-devel-6.12.9-test");
    }

    [Theory]
    [InlineData("make")]
    [InlineData("gcc")]
    public async Task A_missing_program_is_named_by_its_package(string program)
    {
        using FakeMachine machine = new FakeMachine().Write(Headers + "Makefile", "");
        machine.Program(program == "make" ? "gcc --version" : "make --version");

        ShouldFail(await Run.ToaAsync(machine, "provider", "build", "--output", "/build"), $"{program} is missing: apt-get install {program}");
    }

    [Fact]
    public async Task A_kernel_of_clang_demands_clang_and_not_gcc()
    {
        using FakeMachine machine = new FakeMachine().Write(Headers + "Makefile", "").Program("make ")
            .Write(Headers + "include/config/auto.conf", "CONFIG_CC_IS_CLANG=y\nCONFIG_CLANG_VERSION=180103\nCONFIG_CC_VERSION_TEXT=\"clang version 18.1.3\"\n");

        ShouldFail(
            await Run.ToaAsync(machine, "provider", "build", "--output", "/build"),
            "clang is missing. The kernel was built with clang version 18.1.3. Install its compiler: apt-get install clang-18 lld-18 llvm-18 (Debian, Ubuntu)");
        machine.Program("clang -dumpversion", "18.1.3\n").Program("ld.lld --version");
        (await Run.ToaAsync(machine, "provider", "build", "--output", "/build")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_failure_quotes_the_compiler_and_names_the_log()
    {
        _machine.Program("make -C", "  CC [M] main.o\nmain.c:7:2: error: unknown type name 'x'\n", 2, "make: *** [Makefile:21: modules] Error 2\n");

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "build", "--output", "/build"),
            "cannot be built for 6.12.9-test: main.c:7:2: error: unknown type name 'x'. The output of make is in /build/make.log.");
        _machine.Read("build/make.log").Should().Contain("CC [M]").And.Contain("Error 2");
    }

    [Fact]
    public void The_version_of_the_module_s_source_is_the_tool_s() =>
        typeof(ModuleSource).Assembly.GetName().Version!.ToString(3).Should().Be(ModuleSource.Version);

    private static void ShouldFail(Run run, string complaint)
    {
        run.ExitCode.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.Contain(complaint);
        run.Error.Count(character => character == '\n').Should().Be(1);
    }
}
