using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Provider;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider install</c> and <c>uninstall</c>, with a DKMS that is played.</summary>
public sealed class InstallTests : IDisposable
{
    private const string Source = "usr/src/toa-0.1.0/";
    private const string LoadAtStart = "etc/modules-load.d/toa.conf";
    private const string Options = "etc/modprobe.d/toa.conf";

    private readonly FakeMachine _machine = new FakeMachine()
        .Write($"lib/modules/{FakeMachine.Release}/build/Makefile", "").Program("dkms --version", "dkms-3.0.10\n").Program("dkms status -m toa");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task DKMS_gets_the_source_and_builds_and_installs_it()
    {
        WithDkms();

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().Contain("installed for 6.12.9-test").And.Contain("Load it now: toa provider load.");
        _machine.Calls.Where(call => call.StartsWith("dkms") && call.Contains("toa/")).Should().Equal(
            "dkms add toa/0.1.0", "dkms build toa/0.1.0 -k 6.12.9-test", "dkms install toa/0.1.0 -k 6.12.9-test");
        _machine.Read(Source + "dkms.conf").Should().Be(File.ReadAllText(Repository.PathOf("native/packaging/dkms.conf")));
        _machine.Read(Source + "kmod/main.c").Should().Contain("module_init");
        _machine.Read(Source + "include/toa.h").Should().Contain("TOA_SO_GET_LOOKUP");
        _machine.Read("etc/modules-load.d/toa.conf").Should().EndWith("\ntoa\n");
    }

    [Fact]
    public async Task Parameters_are_kept_for_every_load()
    {
        WithDkms();

        await Run.ToaAsync(_machine, "provider", "install", "--trusted", "10.0.0.0/8", "--ipv4-kinds", "200,254");

        Effective(_machine.Read(Options)).Should().Equal("options toa trusted=10.0.0.0/8 ipv4_kinds=200,254");
    }

    [Fact]
    public async Task Without_parameters_those_that_somebody_has_set_stay()
    {
        WithDkms();
        await Run.ToaAsync(_machine, "provider", "install");
        Effective(_machine.Read(Options)).Should().BeEmpty();
        string settings = _machine.Read(Options) + "options toa trusted=192.0.2.0/24\n";
        _machine.Write(Options, settings).Write(Source + "include/toa.h", "");

        await Run.ToaAsync(_machine, "provider", "install");

        _machine.Read(Options).Should().Be(settings);
    }

    [Theory]
    [InlineData("toa/0.0.9, 6.12.9-test, x86_64: installed\ntoa/0.1.0: added\n")]
    [InlineData("toa, 0.0.9, 6.12.9-test, x86_64: installed\ntoa, 0.1.0: added\n")]
    public async Task Other_versions_are_removed_before(string status)
    {
        using FakeMachine machine = new FakeMachine().Write($"lib/modules/{FakeMachine.Release}/build/Makefile", "")
            .Program("dkms --version").Program("dkms status -m toa", status).Write("usr/src/toa-0.0.9/include/toa.h", "")
            .Write(Source + "include/toa.h", "");
        WithDkms(machine);

        (await Run.ToaAsync(machine, "provider", "install")).ExitCode.Should().Be(0);

        machine.Calls.Should().ContainInOrder("dkms remove toa/0.0.9 --all", "dkms remove toa/0.1.0 --all", "dkms add toa/0.1.0");
        Directory.Exists(Path.Combine(machine.Root, "usr/src/toa-0.0.9")).Should().BeFalse();
    }

    [Fact]
    public async Task A_dry_run_prints_each_step()
    {
        _machine.IsPrivileged = false;

        Run run = await Run.ToaAsync(_machine, "provider", "install", "--trusted", "10.0.0.0/8", "--dry-run");

        run.Lines.Should().Equal(
            "# write the module's source into /usr/src/toa-0.1.0", "dkms add toa/0.1.0", "dkms build toa/0.1.0 -k 6.12.9-test",
            "dkms install toa/0.1.0 -k 6.12.9-test", "# write /etc/modules-load.d/toa.conf", "# write /etc/modprobe.d/toa.conf");
        File.Exists(Path.Combine(_machine.Root, Options)).Should().BeFalse();
    }

    [Fact]
    public async Task Missing_DKMS_is_named_with_a_way_round()
    {
        using FakeMachine machine = new();

        (await Run.ToaAsync(machine, "provider", "install")).Error.Should().Be(
            "toa: dkms is missing: apt-get install dkms (Debian, Ubuntu) or dnf install dkms (RHEL, CentOS, from EPEL), "
            + "or do without: toa provider build, toa provider load.\n");
    }

    [Fact]
    public async Task A_failure_of_DKMS_ends_it_and_names_the_log()
    {
        _machine.Program("dkms add").Program("dkms build", exitCode: 10, error: "Error! Bad return status for module build.\n");

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be(
            "toa: dkms build toa/0.1.0 -k 6.12.9-test failed: Error! Bad return status for module build. See /var/lib/dkms/toa/0.1.0/build/make.log.\n");
        _machine.Calls.Should().NotContain(call => call.StartsWith("dkms install"));
        File.Exists(Path.Combine(_machine.Root, Options)).Should().BeFalse();
    }

    [Fact]
    public async Task It_is_not_installed_beside_the_eBPF_provider()
    {
        _machine.Write("etc/systemd/system/toa-bpf.service", "");

        (await Run.ToaAsync(_machine, "provider", "install")).Error.Should().Be(
            "toa: the eBPF provider is installed, and would be loaded beside the module: toa provider uninstall --kind ebpf first.\n");
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Uninstalling_takes_everything_back()
    {
        WithDkms();
        await Run.ToaAsync(_machine, "provider", "install", "--syn");

        Run run = await Run.ToaAsync(_machine.WithModule(), "provider", "uninstall");

        run.Output.Should().Be("The module is no longer installed. It is still loaded: toa provider unload.\n");
        foreach (string path in (string[])["usr/src/toa-0.1.0", "etc/modules-load.d/toa.conf", Options])
            Path.Exists(Path.Combine(_machine.Root, path)).Should().BeFalse();
        (await Run.ToaAsync(_machine, "provider", "uninstall")).Output.Should().Be("It was not installed.\n");
    }

    [Fact]
    public async Task Another_vendor_s_module_of_the_same_name_stays_in_DKMS()
    {
        using FakeMachine machine = new FakeMachine().Write($"lib/modules/{FakeMachine.Release}/build/Makefile", "")
            .Program("dkms --version").Program("dkms status -m toa", "toa/2.0, 6.12.9-test, x86_64: installed\n")
            .Write("usr/src/toa-2.0/toa.c", "").Write("etc/modules-load.d/toa.conf", "toa\n").Write(Options, "options toa vendor=1\n");
        WithDkms(machine);

        Run install = await Run.ToaAsync(machine, "provider", "install");
        Run uninstall = await Run.ToaAsync(machine, "provider", "uninstall");

        (install.ExitCode, install.Error).Should().Be((1,
            "toa: /usr/src/toa-2.0 is another vendor's module: it has no include/toa.h. Remove it the way its vendor documents, or with "
            + "dkms remove toa/2.0 --all and rm -r /usr/src/toa-2.0.\n"));
        (uninstall.ExitCode, uninstall.Output).Should().Be((0, "It was not installed.\n"));
        machine.Calls.Should().NotContain(call => call.StartsWith("dkms remove") || call.StartsWith("dkms add"));
        foreach (string path in (string[])["usr/src/toa-2.0/toa.c", "etc/modules-load.d/toa.conf", Options])
            File.Exists(Path.Combine(machine.Root, path)).Should().BeTrue(path);
    }

    [Theory]
    [InlineData(LoadAtStart, "toa\n")]
    [InlineData(Options, "options toa vendor=1\n")]
    public async Task Another_vendor_s_settings_are_not_overwritten(string file, string text)
    {
        _machine.Write(file, text);
        WithDkms();

        Run run = await Run.ToaAsync(_machine, "provider", "install", "--trusted", "10.0.0.0/8");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith($"toa: /{file} is another vendor's").And.Contain("Remove it the way its vendor documents.")
            .And.Contain("insert this first line: # ");
        _machine.Read(file).Should().Be(text);
        _machine.Calls.Should().NotContain(call => call.StartsWith("dkms add"));
    }

    [Theory]
    [InlineData("toa.ko", true)]
    [InlineData("toa.ko.xz", false)]
    public async Task Another_vendor_s_installed_module_is_not_hidden(string name, bool isForeign)
    {
        _machine.Write($"lib/modules/{FakeMachine.Release}/extra/{name}", "\0parm=vendor:Its own\0");
        WithDkms();

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(
            $"/extra/{name} {(isForeign ? "is another vendor's module for this kernel" : "cannot be identified: modinfo is missing")}");
        _machine.Calls.Should().NotContain(call => call.StartsWith("dkms add"));
    }

    [Fact]
    public async Task Another_kernel_s_module_of_another_vendor_is_no_hindrance()
    {
        _machine.Write("lib/modules/5.4.0-other/extra/toa.ko", "\0parm=vendor:Its own\0");
        WithDkms();

        (await Run.ToaAsync(_machine, "provider", "install")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task An_entry_of_DKMS_without_its_source_is_left_alone()
    {
        using FakeMachine machine = new FakeMachine().Write($"lib/modules/{FakeMachine.Release}/build/Makefile", "")
            .Program("dkms --version").Program("dkms status -m toa", "toa/2.0: broken\n");
        WithDkms(machine);

        Run install = await Run.ToaAsync(machine, "provider", "install");
        Run uninstall = await Run.ToaAsync(machine, "provider", "uninstall");

        (install.ExitCode, install.Error).Should().Be((1,
            "toa: DKMS has toa/2.0, but /usr/src/toa-2.0 is missing: its vendor is not known. If you do not need it, remove it with dkms "
            + "remove toa/2.0 --all.\n"));
        (uninstall.ExitCode, uninstall.Output).Should().Be((0,
            "It was not installed.\nDKMS has toa/2.0, but /usr/src/toa-2.0 is missing: toa leaves it alone, as its vendor is not known.\n"));
        machine.Calls.Should().NotContain(call => call.StartsWith("dkms remove") || call.StartsWith("dkms add"));
    }

    [Theory]
    [InlineData(1, "Error! dkms tree is locked.\n", "Error! dkms tree is locked. Repair DKMS")]
    [InlineData(0, "Error! Could not locate dkms.conf file.\nFile: /var/lib/dkms/toa/2.0/source/dkms.conf does not exist.\n",
        "Error! Could not locate dkms.conf file. File: /var/lib/dkms/toa/2.0/source/dkms.conf does not exist. Repair DKMS")]
    public async Task Without_the_list_of_DKMS_nothing_is_done(int exitCode, string error, string complaint)
    {
        using FakeMachine machine = new FakeMachine().Write($"lib/modules/{FakeMachine.Release}/build/Makefile", "")
            .Program("dkms --version").Program("dkms status -m toa", "", exitCode, error).Write(Source + "include/toa.h", "");
        WithDkms(machine);

        foreach (string action in (string[])["install", "uninstall"])
        {
            Run run = await Run.ToaAsync(machine, "provider", action);

            run.ExitCode.Should().Be(1, action);
            run.Error.Should().StartWith("toa: dkms status -m toa failed: " + complaint);
        }

        File.Exists(Path.Combine(machine.Root, Source + "include/toa.h")).Should().BeTrue();
        machine.Calls.Should().NotContain(call => call.StartsWith("dkms add") || call.StartsWith("dkms remove"));
    }

    [Theory]
    [InlineData("4.14.0-1", false)]
    [InlineData("4.15.0-213-generic", true)]
    [InlineData("4.18.0-553.el8.x86_64", true)]
    [InlineData("3.10.0-1160.el7.x86_64", false)]
    [InlineData("5.10.0-46-cloud-amd64", true)]
    [InlineData("6.12.9", true)]
    [InlineData("10.0.0", true)]
    public void DKMS_builds_it_for_the_kernels_of_its_range(string release, bool isInRange)
    {
        string range = Regex.Match(ModuleSource.Read("packaging/dkms.conf"), "BUILD_EXCLUSIVE_KERNEL=\"(.*)\"").Groups[1].Value;

        Regex.IsMatch(release, range).Should().Be(isInRange);
    }

    private FakeMachine WithDkms() => WithDkms(_machine);

    private static FakeMachine WithDkms(FakeMachine machine) =>
        machine.Program("dkms add").Program("dkms build").Program("dkms install").Program("dkms remove");

    private static string[] Effective(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];
}
