using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Provider;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider install</c> and <c>uninstall</c>, with a simulated DKMS.</summary>
public sealed class InstallTests : IDisposable
{
    private const string Source = "usr/src/toa-0.1.0/";
    private const string LoadAtStart = "etc/modules-load.d/toa.conf";
    private const string Options = "etc/modprobe.d/toa.conf";
    private const string Modules = "lib/modules/" + FakeMachine.Release;
    private const string Built = Modules + "/updates/dkms/toa.ko", OfKernel = Modules + "/kernel/net/toa/toa.ko";

    // Parts of the .modinfo sections of modules.
    private const string Own = "\0parm=formats:TOA options\0", Vendors = "\0parm=vendor:Its own\0", Kernels = "\0license=GPL\0intree=Y\0name=toa\0";

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

        await Run.ToaAsync(_machine, "provider", "install", "--trusted", "10.0.0.0/8", "--formats", "tencent,huawei");

        Effective(_machine.Read(Options)).Should().Equal("options toa trusted=10.0.0.0/8 formats=tencent,huawei");
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
            + "or run toa provider build, then toa provider load, which do not use DKMS.\n");
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
            "toa: the eBPF provider is installed and would be loaded together with the module. Run toa provider uninstall --kind ebpf first.\n");
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
        (await Run.ToaAsync(_machine, "provider", "uninstall")).Output.Should().Be("The module was not installed.\n");
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
        (uninstall.ExitCode, uninstall.Output).Should().Be((0, "The module was not installed.\n"));
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
            "The module was not installed.\nDKMS has toa/2.0, but /usr/src/toa-2.0 is missing: toa does not change it, because its vendor is not known.\n"));
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
    [InlineData("3.10.0-1160.el7.x86_64", true)]
    [InlineData("3.10.107-1-tlinux2-0049", false)]
    [InlineData("3.16.0-11-amd64", false)]
    [InlineData("4.3.0-1", false)]
    [InlineData("4.4.0-210-generic", true)]
    [InlineData("4.14.105-19-0024", true)]
    [InlineData("4.15.0-213-generic", true)]
    [InlineData("4.18.0-553.el8.x86_64", true)]
    [InlineData("5.4.119-19-0009.11", true)]
    [InlineData("5.10.0-46-cloud-amd64", true)]
    [InlineData("6.12.9", true)]
    [InlineData("10.0.0", true)]
    public void DKMS_builds_it_for_the_kernels_of_its_range(string release, bool isInRange)
    {
        string range = Regex.Match(ModuleSource.Read("packaging/dkms.conf"), "BUILD_EXCLUSIVE_KERNEL=\"(.*)\"").Groups[1].Value;

        Regex.IsMatch(release, range).Should().Be(isInRange);
    }

    [Theory]
    [InlineData("kernel/net/toa/toa.ko")]
    [InlineData("kernel/net/toa/toa.ko.gz")]
    [InlineData("kernel/net/toa/toa.ko.xz")]
    [InlineData("kernel/net/toa/toa.ko.zst")]
    [InlineData("extra/net/toa.ko")] // from a package of rarely used modules
    [InlineData("updates/dkms/toa.ko")] // where DKMS before version 3.2 restores it
    public async Task The_kernel_s_own_module_is_left_to_DKMS(string file)
    {
        string path = $"{Modules}/{file}";
        byte[] text = file.EndsWith(".gz") ? Gzip(Kernels) : Encoding.ASCII.GetBytes(Kernels);
        WithDkms(_machine.Write(path, text).Program("modinfo -F parm", "").Program("modinfo -F intree", "Y\n"));

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        (run.ExitCode, run.Error).Should().Be((0, ""));
        run.Output.Should().Be(
            $"The module is installed for 6.12.9-test, and DKMS installs it for future kernels. The kernel has a module toa of its own ({_machine.Root}/{path}): "
            + "modprobe toa loads this project's from now on, and the kernel's own again after toa provider uninstall. Load it now: toa provider load.\n");
        _machine.Calls.Should().Contain("dkms install toa/0.1.0 -k 6.12.9-test --force", "its version may be the higher one");
        File.Exists(Path.Combine(_machine.Root, LoadAtStart)).Should().BeTrue();
    }

    [Fact]
    public async Task A_link_to_the_kernel_s_own_module_is_the_kernel_s()
    {
        WithDkms(_machine.Write("lib/modules/6.12.8-test/kernel/net/toa/toa.ko", Kernels).Write(Modules + "/weak-updates/x", ""));
        File.CreateSymbolicLink(
            Path.Combine(_machine.Root, Modules, "weak-updates/toa.ko"), Path.Combine(_machine.Root, "lib/modules/6.12.8-test/kernel/net/toa/toa.ko"));

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        run.Output.Should().Contain($"The kernel has a module toa of its own ({_machine.Root}/{Modules}/weak-updates/toa.ko)", run.Error);
    }

    [Fact]
    public async Task The_kernel_s_own_module_that_DKMS_has_put_away_is_told_of()
    {
        using FakeMachine machine = new FakeMachine().Write($"{Modules}/build/Makefile", "").Write(Built, Own)
            .Program("dkms --version").Program("dkms status -m toa", "toa/0.1.0, 6.12.9-test, x86_64: installed (original_module exists)\n")
            .Write(Source + "include/toa.h", "");
        WithDkms(machine);
        Action<string> install = machine.AfterRun;
        machine.AfterRun = call =>
        {
            install(call);
            if (call.StartsWith("dkms remove"))
            {
                File.Delete(Path.Combine(machine.Root, Built));
                machine.Write(OfKernel, Kernels);
            }
        };

        (await Run.ToaAsync(machine, "provider", "install")).Output.Should().Contain(
            $"The kernel has a module toa of its own ({machine.Root}/{OfKernel})");
    }

    [Theory]
    [InlineData("toa.ko", Vendors, "")]
    [InlineData("toa.ko.xz", "", "vendor:Its own\n")]
    public async Task Another_vendor_s_module_among_the_kernel_s_is_not_the_kernel_s(string name, string text, string parameters)
    {
        string path = $"{Modules}/kernel/net/netfilter/ipvs/{name}";
        WithDkms(_machine.Write(path, text).Write(OfKernel, Kernels).Program("modinfo -F parm", parameters).Program("modinfo -F intree", ""));

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        (run.ExitCode, run.Error).Should().Be((1,
            $"toa: {_machine.Root}/{path} is another vendor's module for this kernel. Remove it the way its vendor documents, and try again.\n"));
        _machine.Calls.Should().NotContain(call => call.StartsWith("dkms add"));
    }

    [Theory]
    [InlineData(OfKernel, Kernels, "the kernel's own")]
    [InlineData(Modules + "/zzz/toa.ko", Vendors, "another vendor's")]
    public async Task Where_modprobe_would_load_another_file_the_installation_fails_and_says_so(string path, string text, string whose)
    {
        WithDkms(chosen: "/" + path);
        Action<string> install = _machine.AfterRun;
        _machine.AfterRun = call =>
        {
            install(call);
            if (call.StartsWith("dkms install"))
                _machine.Write(path, text);
        };

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        (run.ExitCode, run.Output, run.Error).Should().Be((1, "",
            $"toa: {_machine.Root}/{Built} is installed, but modprobe toa would load {_machine.Root}/{path}, which is {whose}. Make depmod prefer this "
            + "project's: echo 'override toa * updates/dkms' > /etc/depmod.d/toa.conf && depmod -a. Then run toa provider install again, or toa "
            + "provider uninstall, which removes the module from DKMS.\n"));
        File.Exists(Path.Combine(_machine.Root, LoadAtStart)).Should().BeFalse("the other one would be loaded when the machine starts");
    }

    [Fact]
    public async Task An_earlier_installation_that_would_load_the_kernel_s_own_module_at_boot_is_told_of()
    {
        WithDkms(_machine.Write(OfKernel, Kernels).Program("modinfo -n toa", $"/{Built}\n"), "/" + OfKernel);
        (await Run.ToaAsync(_machine, "provider", "install")).ExitCode.Should().Be(0);

        (await Run.ToaAsync(_machine, "provider", "install")).Error.Should().EndWith(
            "Until then, /etc/modules-load.d/toa.conf of the earlier installation loads that file at boot.\n");
    }

    [Theory]
    [InlineData("", 1, "modinfo: ERROR: Module toa not found.", "modinfo -n toa failed: modinfo: ERROR: Module toa not found. Run depmod -a.")]
    [InlineData("", 127, "", "modinfo is missing. Install kmod.")]
    [InlineData("/none/toa.ko", 0, "", "modinfo -n toa shows /none/toa.ko, which does not exist. Run depmod -a.")]
    [InlineData("(builtin)\n", 0, "", "modinfo -n toa shows '(builtin)'. modinfo toa may show more.")]
    public async Task Where_modprobe_s_choice_is_not_known_the_installation_fails_and_says_so(string output, int exitCode, string error, string complaint)
    {
        _machine.Program("modinfo -n toa", output, exitCode, error);
        WithDkms();

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        (run.ExitCode, run.Output, run.Error).Should().Be((1, "",
            $"toa: {_machine.Root}/{Built} is installed, but which file modprobe toa would load is not known: {complaint} Then run toa provider "
            + "install again, or toa provider uninstall, which removes the module from DKMS.\n"));
        File.Exists(Path.Combine(_machine.Root, LoadAtStart)).Should().BeFalse();
    }

    [Fact]
    public async Task A_module_that_DKMS_does_not_install_is_missed()
    {
        WithDkms(_machine.Write(OfKernel, Kernels), "/" + OfKernel).AfterRun = _ => { };

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith(
            $"toa: dkms install toa/0.1.0 succeeded, but no toa.ko of this project is in {_machine.Root}/{Modules}, and modprobe toa would load "
            + $"{_machine.Root}/{OfKernel}, which is the kernel's own. Repair DKMS.");
    }

    [Fact]
    public async Task On_TencentOS_the_module_is_installed_as_elsewhere()
    {
        const string Release = "5.4.119-19-0009.11", Folder = "lib/modules/" + Release;
        _machine.Write("proc/sys/kernel/osrelease", Release + "\n").Write(Folder + "/build/Makefile", "").Write(Folder + "/kernel/net/toa/toa.ko", Kernels)
            .Program("modinfo -n toa", $"/{Folder}/extra/toa.ko\n").Program("dkms add").Program("dkms build").Program("dkms install");
        _machine.AfterRun = call =>
        {
            if (call.StartsWith("dkms install"))
                _machine.Write(Folder + "/extra/toa.ko", Own);
        };

        Run run = await Run.ToaAsync(_machine, "provider", "install");

        (run.ExitCode, run.Error).Should().Be((0, ""));
        run.Output.Should().StartWith($"The module is installed for {Release}").And.Contain($"{_machine.Root}/{Folder}/kernel/net/toa/toa.ko");
    }

    [Fact]
    public async Task A_dry_run_beside_the_kernel_s_own_module_asks_nothing_of_modprobe()
    {
        Run run = await Run.ToaAsync(_machine.Write(OfKernel, Kernels), "provider", "install", "--dry-run");

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines.Should().Contain("dkms install toa/0.1.0 -k 6.12.9-test --force").And.NotContain(line => line.Contains("modinfo"));
        _machine.Calls.Should().NotContain("modinfo -n toa");
    }

    private FakeMachine WithDkms(string chosen = "/" + Built) => WithDkms(_machine, chosen);

    /// <param name="machine">The machine with DKMS.</param>
    /// <param name="chosen">The file that modprobe would load after the installation.</param>
    private static FakeMachine WithDkms(FakeMachine machine, string chosen = "/" + Built)
    {
        machine.AfterRun = call =>
        {
            if (call.StartsWith("dkms install"))
                machine.Write(Built, Own);
        };
        return machine.Program("dkms add").Program("dkms build").Program("dkms install").Program("dkms remove").Program("modinfo -n toa", chosen + "\n");
    }

    private static byte[] Gzip(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionMode.Compress))
            stream.Write(Encoding.ASCII.GetBytes(text));
        return packed.ToArray();
    }

    private static string[] Effective(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];
}
