using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Provider;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider load</c>, <c>unload</c> and <c>status</c>.</summary>
public sealed class LoadTests : IDisposable
{
    private const string Installed = "lib/modules/" + FakeMachine.Release + "/updates/dkms/toa.ko";

    // The parameters in the .modinfo sections of modules.
    private const string Own = "\0parm=formats:TOA options\0", Foreign = "\0parm=vendor:Its own\0", Kernels = "\0license=GPL\0intree=Y\0name=toa\0";

    private const string OfKernel = "lib/modules/" + FakeMachine.Release + "/kernel/net/toa/toa.ko";

    private readonly FakeMachine _machine = new FakeMachine().Write("toa.ko", Own);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_file_that_is_named_is_loaded_with_its_parameters()
    {
        _machine.AfterRun = LoadOwn;
        _machine.Program("insmod").Program("dmesg", "[    1.0] TOA: older\n").Program("dmesg", "[    1.0] TOA: older\n[    2.5] TOA: toa load success\n");

        Run run = await Run.ToaAsync(
            _machine, "provider", "load", "--module", "/toa.ko", "--trusted", "10.0.0.0/8", "--trusted", "2001:db8::1", "--formats", "tencent, 254/8",
            "--formats", "28/20", "--syn", "--nat64-getpeername");

        run.ExitCode.Should().Be(0);
        run.Lines.Should().Equal("TOA: toa load success", "The module is loaded.");
        _machine.Calls.Should().Contain(
            $"insmod {_machine.Root}/toa.ko trusted=10.0.0.0/8,2001:db8::1/128 formats=tencent,254/8,28/20 syn=Y nat64_getpeername=Y");
    }

    [Fact]
    public async Task The_installed_module_is_loaded_by_modprobe()
    {
        _machine.AfterRun = LoadOwn;
        _machine.Write(Installed, Own).Program("modinfo -n toa", $"/{Installed}\n").Program("modprobe toa");

        (await Run.ToaAsync(_machine, "provider", "load", "--trusted", "10.0.0.0/8")).ExitCode.Should().Be(0);

        _machine.Calls.Should().Contain("modprobe toa trusted=10.0.0.0/8");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(".xz", "vendor:Its own\n")]
    [InlineData(".xz", "")] // without parameters
    public async Task Another_vendor_s_module_is_not_loaded_for_this_project_s(string compression, string parameters)
    {
        _machine.Write(Installed + compression, Foreign).Program("modinfo -n toa", $"/{Installed}{compression}\n")
            .Program("modinfo -F parm", parameters).Program("modprobe toa");

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "load"),
            $"{_machine.Root}/{Installed}{compression} is another vendor's, and modprobe would load it", "--module");
        _machine.Calls.Should().NotContain(call => call.StartsWith("modprobe"));
    }

    [Theory]
    [InlineData("vendor.ko", "")]
    [InlineData("vendor.ko.xz", "")]
    [InlineData("vendor.ko.xz", "vendor:Its own\n")]
    public async Task A_named_file_of_another_vendor_is_not_loaded(string file, string parameters)
    {
        _machine.Write(file, Foreign).Program("modinfo -F parm", parameters).Program("insmod");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "load", "--module", $"/{file}"), $"{_machine.Root}/{file} is not this project's module");
        _machine.Calls.Should().NotContain(call => call.StartsWith("insmod"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_module_that_cannot_be_read_is_not_loaded(bool isNamed)
    {
        _machine.Write(Installed + ".xz", "").Program("modinfo -n toa", $"/{Installed}.xz\n").Program("modprobe toa").Program("insmod")
            .Program("modinfo -F parm", exitCode: 1, error: "modinfo: ERROR: could not get modinfo from 'toa'\n");

        ShouldFail(
            await Run.ToaAsync(_machine, isNamed ? ["provider", "load", "--module", $"/{Installed}.xz"] : ["provider", "load"]),
            $"{_machine.Root}/{Installed}.xz cannot be identified: modinfo failed: modinfo: ERROR: could not get modinfo from 'toa'.");
        _machine.Calls.Should().NotContain(call => call.StartsWith("modprobe") || call.StartsWith("insmod"));
    }

    [Fact]
    public async Task Without_modinfo_an_installed_module_is_not_loaded()
    {
        _machine.Write(Installed, Own).Program("modprobe toa");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "load"), "cannot be identified: modinfo is missing");
        _machine.Calls.Should().NotContain(call => call.StartsWith("modprobe"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_several_modules_the_one_that_modprobe_loads_counts(bool isOwn)
    {
        const string Other = "lib/modules/" + FakeMachine.Release + "/extra/toa.ko";
        _machine.AfterRun = LoadOwn;
        _machine.Write(Installed, Own).Write(Other, Foreign).Program("modinfo -n toa", $"/{(isOwn ? Installed : Other)}\n").Program("modprobe toa");

        Run run = await Run.ToaAsync(_machine, "provider", "load");

        run.ExitCode.Should().Be(isOwn ? 0 : 1, run.Error);
        if (!isOwn)
            ShouldFail(run, $"{_machine.Root}/{Other} is another vendor's, and modprobe would load it");
    }

    [Theory]
    [InlineData("", 1, "modinfo: ERROR: Module toa not found.", "modinfo -n toa failed: modinfo: ERROR: Module toa not found. Run depmod -a")]
    [InlineData("(builtin)\n", 0, "", "modinfo -n toa shows '(builtin)'")]
    public async Task A_module_that_modprobe_does_not_find_is_named(string output, int exitCode, string error, string complaint)
    {
        _machine.Write(Installed, Own).Program("modinfo -n toa", output, exitCode, error).Program("modprobe toa");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "load"), complaint);
        _machine.Calls.Should().NotContain(call => call.StartsWith("modprobe"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_loading_the_module_is_looked_at(bool isNamed)
    {
        _machine.AfterRun = call =>
        {
            if (call.StartsWith("modprobe") || call.StartsWith("insmod"))
                _machine.Write("proc/modules", "toa 65536 0 - Live 0x0\n").Write("sys/module/toa/parameters/vendor", "1\n");
        };
        _machine.Write(Installed, Own).Program("modinfo -n toa", $"/{Installed}\n").Program("modprobe toa").Program("insmod");

        ShouldFail(
            await Run.ToaAsync(_machine, isNamed ? ["provider", "load", "--module", "/toa.ko"] : ["provider", "load"]),
            $"{(isNamed ? "insmod" : "modprobe")} succeeded, but the module toa that is loaded is not this project's");
    }

    [Fact]
    public async Task Links_to_modules_are_found_and_build_and_source_are_not_searched()
    {
        const string Folder = "lib/modules/" + FakeMachine.Release;
        _machine.Write("lib/modules/6.12.0-other/extra/toa.ko", Own).Write("usr/src/headers/toa.ko", Own).Write($"{Folder}/weak-updates/x", "");
        Link("weak-updates/toa.ko", "lib/modules/6.12.0-other/extra/toa.ko");
        Link("weak-updates/loop", Folder);
        Link("build", "usr/src/headers");
        Link("source", "usr/src/headers");
        Link("toa.ko", "none");

        JsonElement json = (await Run.ToaAsync(_machine, "provider", "status", "--json")).Json;

        json.GetProperty("installed").EnumerateArray().Select(module => module.GetProperty("path").GetString()).Should().Equal(
            $"{_machine.Root}/lib/modules/6.12.0-other/extra/toa.ko", $"{_machine.Root}/{Folder}/weak-updates/toa.ko");

        void Link(string path, string target) =>
            File.CreateSymbolicLink($"{_machine.Root}/{Folder}/{path}", $"{_machine.Root}/{target}");
    }

    [Fact]
    public async Task Without_a_module_it_is_said_how_to_get_one()
    {
        ShouldFail(await Run.ToaAsync(_machine, "provider", "load"), "no module of this project exists for 6.12.9-test. Run toa provider install or toa provider build");
        ShouldFail(await Run.ToaAsync(_machine, "provider", "load", "--module", "/none.ko"), "/none.ko does not exist. toa provider build builds a module.");
    }

    [Theory]
    [InlineData("insmod: can't insert '/toa.ko': Device or resource busy", "another module answers the same socket options")]
    [InlineData("insmod: ERROR: could not insert module /toa.ko: Invalid parameters", "a parameter is not valid")]
    [InlineData("insmod: ERROR: could not insert module /toa.ko: Key was rejected by service", "Run toa provider enroll-key")]
    [InlineData("insmod: can't insert '/toa.ko': Required key not available", "Run toa provider enroll-key")]
    [InlineData("insmod: ERROR: could not insert module /toa.ko: Invalid module format", "built for another kernel")]
    [InlineData("insmod: can't insert '/toa.ko': invalid module format", "built for another kernel")]
    [InlineData("insmod: can't insert '/toa.ko': Operation not supported", "kernel.ftrace_enabled")]
    [InlineData("insmod: ERROR: could not insert module /toa.ko: File exists", "another module with the name toa is loaded or built into the kernel")]
    [InlineData("insmod: can't insert '/toa.ko': File exists", "another module with the name toa is loaded or built into the kernel")]
    [InlineData("insmod: what nobody has heard of", "insmod: what nobody has heard of.")]
    public async Task A_failure_is_explained_with_the_module_s_own_words(string error, string cause)
    {
        _machine.Program("insmod", exitCode: 1, error: error + "\n").Program("dmesg", "")
            .Program("dmesg", "[    2.5] TOA: trusted: 'x' is not a network: use 10.0.0.16/28 or 2001:db8::/64\n");

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko"),
            cause, "The kernel's log: TOA: trusted: 'x' is not a network: use 10.0.0.16/28 or 2001:db8::/64");
    }

    [Fact]
    public async Task A_failure_without_a_word_in_the_log_says_where_to_look()
    {
        _machine.Program("insmod", exitCode: 1, error: "insmod: Device or resource busy\n");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko"), "See dmesg for more.");
    }

    [Fact]
    public async Task Missing_kmod_is_named()
    {
        ShouldFail(await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko"), "insmod or modprobe is missing: install kmod.");
    }

    [Theory]
    [InlineData("load --module /toa.ko")]
    [InlineData("unload")]
    [InlineData("install")]
    [InlineData("uninstall")]
    public async Task Without_root_it_is_said_how(string arguments)
    {
        _machine.IsPrivileged = false;
        if (arguments == "unload")
            _machine.WithModule();
        string[] words = arguments.Split(' ');

        ShouldFail(await Run.ToaAsync(_machine, ["provider", .. words]), $"toa provider {words[0]} requires root: run sudo toa provider {words[0]}.");
    }

    [Fact]
    public async Task On_TencentOS_the_module_is_loaded_as_elsewhere()
    {
        _machine.AfterRun = LoadOwn;
        _machine.Write("proc/sys/kernel/osrelease", "5.4.119-1-tlinux4-0009\n").Program("insmod");

        (await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko")).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("5.4.119-19-0009.11")]
    [InlineData(FakeMachine.Release)]
    public async Task The_kernel_s_own_module_that_is_loaded_is_named_with_the_command_that_unloads_it(string release)
    {
        _machine.Write("proc/sys/kernel/osrelease", release + "\n").Write("proc/modules", "toa 16384 0 - Live 0x0\n")
            .Write("sys/module/toa/taint", "\n").Program("rmmod").Program("insmod").Program("toa-bpf").Program("dkms");

        foreach (string command in (string[])["load --module /toa.ko", "unload", "install", "load --kind ebpf", "install --kind ebpf"])
        {
            ShouldFail(
                await Run.ToaAsync(_machine, ["provider", .. command.Split(' ')]),
                "toa: the kernel's own TOA module is loaded: toa. ", "unload it: rmmod toa, or modprobe -r toa.");
        }

        _machine.Calls.Should().BeEmpty();
        (await Run.ToaAsync(_machine, "provider", "status")).Output.Should().Contain("problem:              the kernel's own TOA module is loaded: toa\n");
    }

    [Theory]
    [InlineData("OE\n", "toa")]
    [InlineData("\n", "toa, ktoa")]
    public async Task A_module_that_was_built_elsewhere_is_not_called_the_kernel_s(string taint, string names)
    {
        _machine.Write("proc/modules", string.Concat(names.Split(", ").Select(name => $"{name} 16384 0 - Live 0x0\n"))).Write("sys/module/toa/taint", taint);

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko"),
            $"another vendor's TOA module is loaded: {names}.", "Unload it the way its vendor documents.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beside_the_kernel_s_own_file_a_module_that_was_built_here_is_loaded(bool isBuilt)
    {
        _machine.AfterRun = LoadOwn;
        _machine.Write(OfKernel, Kernels).Program("modinfo -n toa", $"/{OfKernel}\n").Program("insmod").Program("modprobe");
        string built = ModuleProvider.ModuleIn(ModuleProvider.BuildFolder(FakeMachine.Release));
        if (isBuilt)
            _machine.Write(built.TrimStart('/'), Own);

        Run run = await Run.ToaAsync(_machine, "provider", "load");

        if (isBuilt)
            _machine.Calls.Should().Contain($"insmod {_machine.Root}{built}");
        else
            ShouldFail(
                run, "no module of this project exists for 6.12.9-test. Run toa provider install or toa provider build",
                $"modprobe would load {_machine.Root}/{OfKernel}, which is the kernel's own.");
        _machine.Calls.Should().NotContain(call => call.StartsWith("modprobe"));
    }

    [Fact]
    public async Task The_kernel_s_own_module_is_not_loaded_for_this_project_s_that_is_installed()
    {
        _machine.Write(Installed, Own).Write(OfKernel, Kernels).Program("modinfo -n toa", $"/{OfKernel}\n").Program("modprobe");

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "load"),
            $"modprobe would load {_machine.Root}/{OfKernel}, which is the kernel's own, although {_machine.Root}/{Installed} is installed.",
            "echo 'override toa * updates/dkms' > /etc/depmod.d/toa.conf && depmod -a");
        _machine.Calls.Should().NotContain(call => call.StartsWith("modprobe"));
    }

    [Fact]
    public async Task A_module_that_is_loaded_is_left_alone_and_parameters_are_refused()
    {
        _machine.WithModule();

        Run run = await Run.ToaAsync(_machine, "provider", "load");

        (run.ExitCode, run.Output).Should().Be((0, "The module is loaded already.\n"));
        ShouldFail(await Run.ToaAsync(_machine, "provider", "load", "--syn"), "the module is loaded already. Set its parameters in /sys/module/toa/parameters");
    }

    [Theory]
    [InlineData("toa", false)]
    [InlineData("toa", true)] // the eBPF provider answers
    [InlineData("ktoa", false)]
    [InlineData("ktoa", true)]
    [InlineData("ttm", false)]
    [InlineData("hookers", true)]
    public async Task Another_vendor_s_module_is_named_and_left_alone(string name, bool answersInfo)
    {
        _machine.Write("proc/modules", $"{name} 65536 0 - Live 0x0\n").Write($"sys/module/{name}/parameters/trusted", "")
            .Program("rmmod").Program("insmod").Program("toa-bpf").Program("dkms");
        _machine.Answers = new(Lookup: true, Info: answersInfo);

        foreach (string command in (string[])["load --module /toa.ko", "unload", "install", "load --kind ebpf", "install --kind ebpf"])
        {
            ShouldFail(
                await Run.ToaAsync(_machine, ["provider", .. command.Split(' ')]),
                $"another vendor's TOA module is loaded: {name}.", "Unload it the way its vendor documents.");
        }

        _machine.Calls.Should().BeEmpty();
    }

    [Theory]
    [InlineData("proc/net/vtoa_stats")]
    [InlineData("proc/sys/net/ipv4/slb_vtoa/mode")]
    public async Task The_files_of_vtoa_show_that_it_is_loaded(string file)
    {
        _machine.Write(file, "");

        foreach (string command in (string[])["load", "load --kind ebpf", "install"])
            ShouldFail(await Run.ToaAsync(_machine, ["provider", .. command.Split(' ')]), "another vendor's TOA module is loaded: vtoa.");
    }

    [Fact]
    public async Task This_project_s_module_is_known_where_getsockopt_4097_is_not_answered()
    {
        _machine.WithModule().Program("rmmod toa").Answers = default;

        (await Run.ToaAsync(_machine, "provider", "load")).Output.Should().Be("The module is loaded already.\n");
        (await Run.ToaAsync(_machine, "provider", "unload")).Output.Should().Be("The module is unloaded.\n");
        _machine.Calls.Should().Contain("rmmod toa");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_sysfs_a_module_toa_is_not_taken_for_another_vendor_s(bool answersInfo)
    {
        _machine.Write("proc/modules", "toa 65536 0 - Live 0x0\n").Remove("sys/module").Answers = new(Lookup: true, Info: answersInfo);

        foreach (string command in (string[])["load --module /toa.ko", "unload", "install", "load --kind ebpf", "install --kind ebpf"])
        {
            ShouldFail(
                await Run.ToaAsync(_machine, ["provider", .. command.Split(' ')]),
                $"the loaded module toa cannot be identified: {_machine.Root}/sys/module is not visible");
        }

        _machine.Calls.Should().BeEmpty();
        (await Run.ToaAsync(_machine, "provider", "status")).Output.Should().Contain("problem:              the loaded module toa cannot be identified");
    }

    [Theory]
    [InlineData(true, "/proc/modules. Run toa as root.")]
    [InlineData(false, "/proc/modules is not visible. Run toa on the host, as root.")]
    public async Task Where_the_modules_cannot_be_listed_none_is_loaded_beside_them(bool isThere, string complaint)
    {
        if (isThere)
        {
            _machine.WriteUnreadable("proc/modules");
        }
        else
        {
            File.Delete($"{_machine.Root}/proc/modules");
            _machine.Remove("proc/sys");
        }

        foreach (string command in (string[])["load --module /toa.ko", "unload", "install", "load --kind ebpf", "install --kind ebpf"])
            ShouldFail(await Run.ToaAsync(_machine, ["provider", .. command.Split(' ')]), complaint);

        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_kernel_without_loadable_modules_has_none()
    {
        File.Delete($"{_machine.Root}/proc/modules");

        (await Run.ToaAsync(_machine, "provider", "unload")).Output.Should().Be("The module is not loaded.\n");
    }

    [Fact]
    public async Task Status_does_not_take_another_vendor_s_module_for_this_project_s()
    {
        _machine.Write("proc/modules", "toa 65536 0 - Live 0x0\n").Write("sys/module/toa/parameters/vendor", "1\n");

        Run run = await Run.ToaAsync(_machine, "provider", "status");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("loaded:               no; ").And.Contain("problem:              another vendor's TOA module is loaded: toa\n")
            .And.NotContain("vendor: ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Beside_the_eBPF_provider_no_module_is_loaded(bool servesThisProcess)
    {
        _machine.WithEbpf();
        if (!servesThisProcess)
            _machine.Answers = default;

        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko"),
            "the eBPF provider is loaded. Run toa provider unload --kind ebpf first");
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_dry_run_loads_nothing()
    {
        _machine.IsPrivileged = false;

        Run run = await Run.ToaAsync(_machine, "provider", "load", "--module", "/toa.ko", "--dry-run");

        run.Output.Should().Be($"insmod {_machine.Root}/toa.ko\n");
        _machine.Calls.Should().NotContain(call => call.StartsWith("insmod"));
    }

    [Fact]
    public async Task Unloading_tries_again_while_the_module_is_in_use()
    {
        _machine.WithModule().Program("dmesg", "").Program("dmesg", "[    9.9] TOA unloaded\n");
        for (int i = 0; i < 3; i++)
            _machine.Program("rmmod toa", exitCode: 1, error: "rmmod: can't unload module 'toa': Resource temporarily unavailable\n");
        _machine.Program("rmmod toa");

        Run run = await Run.ToaAsync(_machine, "provider", "unload");

        run.ExitCode.Should().Be(0);
        run.Lines.Should().Equal("TOA unloaded", "The module is unloaded.");
        _machine.Calls.Count(call => call == "rmmod toa").Should().Be(4);
    }

    [Fact]
    public async Task Unloading_does_not_try_for_ever()
    {
        _machine.WithModule().Program("rmmod toa", exitCode: 1, error: "rmmod: ERROR: Module toa is in use\n");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "unload"), "the module is still in use after 20 attempts");
    }

    [Fact]
    public async Task Unloading_passes_other_complaints_on()
    {
        _machine.WithModule().Program("rmmod toa", exitCode: 1, error: "rmmod: ERROR: ../libkmod.c: Function not implemented\n");

        ShouldFail(await Run.ToaAsync(_machine, "provider", "unload"), "the module cannot be unloaded: rmmod: ERROR: ../libkmod.c: Function not implemented");
    }

    [Fact]
    public async Task Unloading_what_is_not_loaded_is_fine()
    {
        Run run = await Run.ToaAsync(_machine, "provider", "unload");

        (run.ExitCode, run.Output).Should().Be((0, "The module is not loaded.\n"));
    }

    [Fact]
    public async Task Status_tells_what_is_installed_and_loaded_and_its_parameters()
    {
        _machine.WithModule("10.0.0.0/8").WriteUnreadable("sys/module/toa/parameters/debug")
            .Write(Installed, Encoding.ASCII.GetBytes(Own + "version=0.1.0\0vermagic=6.12.9-test SMP \0"))
            .Program("dkms status -m toa", "toa/0.1.0, 6.12.9-test, x86_64: installed\n");

        Run run = await Run.ToaAsync(_machine, "provider", "status");
        JsonElement json = (await Run.ToaAsync(_machine, "provider", "status", "--json")).Json;

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("toa.ko (version 0.1.0, for 6.12.9-test)").And.Contain("DKMS:                 toa/0.1.0, 6.12.9-test")
            .And.Contain("loaded:               yes; ToaModule answers programs").And.Contain("trusted:            10.0.0.0/8")
            .And.Contain("debug:              not readable by this user");
        json.GetProperty("kind").GetString().Should().Be("module");
        json.GetProperty("loaded").GetBoolean().Should().BeTrue();
        json.GetProperty("installed")[0].GetProperty("release").GetString().Should().Be("6.12.9-test");
        json.GetProperty("parameters").GetProperty("trusted").GetString().Should().Be("10.0.0.0/8");
        json.GetProperty("parameters").GetProperty("debug").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("/" + Installed, "/lib")]
    [InlineData("/" + OfKernel, "/lib")]
    [InlineData("/" + Installed, "/usr/lib")] // /lib is a link
    [InlineData(null, "/lib")]
    public async Task Status_tells_whose_the_installed_modules_are_and_which_one_modprobe_loads(string? chosen, string lib)
    {
        _machine.Write(Installed, Own).Write(OfKernel, Kernels).Write($"lib/modules/{FakeMachine.Release}/extra/toa.ko", Foreign);
        if (lib != "/lib")
        {
            Directory.CreateDirectory($"{_machine.Root}/usr");
            File.CreateSymbolicLink($"{_machine.Root}/usr/lib", $"{_machine.Root}/lib");
        }

        string? shown = chosen is null ? null : $"{lib}{chosen["/lib".Length..]}";
        if (shown is not null)
            _machine.Program("modinfo -n toa", shown + "\n");

        string output = (await Run.ToaAsync(_machine, "provider", "status")).Output;
        JsonElement json = (await Run.ToaAsync(_machine, "provider", "status", "--json")).Json;

        output.Should().Contain($"{_machine.Root}/{OfKernel} (the kernel's own, version unknown, for ").And.Contain($"{_machine.Root}/{Installed} (version unknown, for ")
            .And.Contain("/extra/toa.ko (another vendor's, version unknown, for ")
            .And.Contain("modprobe loads:       " + (shown is null ? "unknown: modinfo -n toa shows no file\n" : $"{_machine.Root}{shown}\n"));
        json.GetProperty("modprobe").GetString().Should().Be(shown is null ? null : _machine.Root + shown);
        json.GetProperty("installed").EnumerateArray().Select(module => module.GetProperty("origin").GetString()).Should().Equal("other", "kernel", "own");
    }

    [Fact]
    public async Task Status_ends_with_1_where_nothing_is_loaded()
    {
        Run run = await Run.ToaAsync(_machine, "provider", "status");

        run.ExitCode.Should().Be(1);
        run.Error.Should().BeEmpty();
        run.Output.Should().Contain("loaded:               no; the running kernel is 6.12.9-test");
    }

    private void LoadOwn(string call)
    {
        if (call.StartsWith("modprobe") || call.StartsWith("insmod"))
            _machine.WithModule();
    }

    private static void ShouldFail(Run run, params string[] complaints)
    {
        run.ExitCode.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.ContainAll(complaints);
        run.Error.Count(character => character == '\n').Should().Be(1);
    }
}
