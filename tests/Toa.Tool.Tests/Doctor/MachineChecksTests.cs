using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Internal;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>The doctor's findings about the machine, the provider and the module's files.</summary>
public sealed class MachineChecksTests : IDisposable
{
    private const string Modules = "lib/modules/" + FakeMachine.Release;
    private const string OwnParameters = "formats:TOA options to read";
    private const string SecureBoot = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private static readonly string[] ContainerVariables = ["KUBERNETES_SERVICE_HOST", "DOTNET_RUNNING_IN_CONTAINER"];

    private readonly FakeMachine _machine = new();

    public MachineChecksTests()
    {
        // The test machine may be a container itself.
        foreach (string variable in ContainerVariables)
            Environment.SetEnvironmentVariable(variable, null);
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_kernel_and_the_distribution_are_named()
    {
        (await Diagnosis.OfAsync(_machine))["TOA100"].Seen.Should().Be("6.12.9-test, Debian GNU/Linux 12 (bookworm)");
    }

    [Fact]
    public async Task No_provider_is_an_error()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA11", "TOA111").Next.Should().Contain("toa provider install");
        found.ExitCode.Should().Be(1);
        found.Json.GetProperty("errors").GetInt32().Should().Be(1);
        found.Json.GetProperty("provider").GetProperty("kind").GetString().Should().Be("None");
    }

    [Fact]
    public async Task A_module_that_is_installed_and_not_loaded_is_to_be_loaded()
    {
        _machine.Write(Modules + "/updates/dkms/toa.ko", Module(FakeMachine.Release));

        (await Diagnosis.OfAsync(_machine))["TOA111"].Next.Should().Be("The module is installed. Run toa provider load --trusted YOUR-BALANCERS.");
    }

    [Fact]
    public async Task The_module_of_this_project_is_as_it_should_be()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.WithModule());

        found.Only("TOA11", "TOA110").Seen.Should().Be("ToaModule: getsockopt 4096 is answered, 4097 is answered, modules toa.");
        found.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData(true, "Restrict access to the port.")]
    [InlineData(false, "It reports IPv4 clients only, but not their balancer, so trust cannot be checked.")]
    public async Task Another_vendor_s_module_is_told_of(bool answersLookup, string advice)
    {
        _machine.Write("proc/modules", "ttm 16384 0 - Live 0x0\n");
        _machine.Answers = new ProviderAnswers(answersLookup, Info: false);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA11", "TOA112").Next.Should().Contain(advice);
        found.Only("TOA40", "TOA403");
    }

    [Fact]
    public async Task A_container_is_told_to_ask_its_host()
    {
        _machine.Write(".dockerenv", "");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA104"].Next.Should().StartWith("Load the module or the eBPF provider on the host. ");
        found["TOA111"].Next.Should().Be("Load the module or the eBPF provider on the host of this container.");
        found.Only("TOA20", "TOA202");
        (await Diagnosis.OfAsync(_machine.WithModule()))["TOA104"].Seen.Should().Contain("its network namespace");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_container_says_nothing_of_the_host_s_files(bool isLoaded)
    {
        _machine.Write(".dockerenv", "");
        if (isLoaded)
            _machine.WithModule();

        (await Diagnosis.OfAsync(_machine)).Ids.Should().NotContain(id => id.StartsWith("TOA21"));

        // A container with the host's /lib/modules.
        _machine.Write("lib/modules/6.1.0-1/extra/toa.ko", Module("6.1.0-1"));
        (await Diagnosis.OfAsync(_machine)).Only("TOA21", "TOA213");
    }

    [Fact]
    public async Task In_a_container_nothing_is_to_be_mounted_on_the_host()
    {
        _machine.Write(".dockerenv", "").Remove("sys/kernel/security").Remove("sys/firmware");

        (string Seen, string Next)[] unknown = [.. (await Diagnosis.OfAsync(_machine)).All("TOA001")];

        unknown.Should().HaveCount(2).And.OnlyContain(finding => finding.Seen.StartsWith("Secure Boot and signatures of modules: Whether ")
            && finding.Next == "Run toa doctor on the host.");
    }

    [Fact]
    public async Task A_host_is_no_container()
    {
        (await Diagnosis.OfAsync(_machine)).Ids.Should().Contain("TOA103").And.NotContain("TOA104");
    }

    [Fact]
    public async Task Missing_headers_are_named_by_their_packages()
    {
        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA201").Next
            .Should().Contain("apt-get install linux-headers-6.12.9-test").And.Contain("dnf install kernel-devel-6.12.9-test");
        (await Diagnosis.OfAsync(_machine.WithModule())).Only("TOA20", "TOA202");
    }

    [Fact]
    public async Task Headers_that_are_there_are_fine()
    {
        _machine.Write(Modules + "/build/Makefile", "");

        (await Diagnosis.OfAsync(_machine)).Only("TOA20", "TOA200");
    }

    [Theory]
    [InlineData("toa.ko")]
    [InlineData("toa.ko.gz")]
    public async Task A_module_for_this_kernel_is_recognised(string file)
    {
        _machine.Write($"{Modules}/extra/{file}", file.EndsWith("gz") ? Gzip(Module(FakeMachine.Release)) : Module(FakeMachine.Release));

        (await Diagnosis.OfAsync(_machine)).Only("TOA21", "TOA210").Seen.Should().EndWith($"/extra/{file} was built for 6.12.9-test.");
    }

    [Theory]
    [InlineData("toa.ko")]
    [InlineData("toa.ko.gz")]
    public async Task A_module_for_another_kernel_in_this_one_s_folder_is_an_error(string file)
    {
        _machine.Write($"{Modules}/extra/{file}", file.EndsWith("gz") ? Gzip(Module("6.1.0-1")) : Module("6.1.0-1"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA21", "TOA212").Seen.Should().EndWith($"{file} was built for 6.1.0-1, and 6.12.9-test runs.");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Compressions_that_NET_does_not_know_are_asked_of_modinfo()
    {
        _machine.Write(Modules + "/extra/toa.ko.xz", "not to be looked into");
        _machine.Program("modinfo -F vermagic", "6.1.0-1 SMP mod_unload\n").Program("modinfo -F version", "0.1.0\n")
            .Program("modinfo -F parm", OwnParameters + "\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA21", "TOA212").Seen.Should().Contain("was built for 6.1.0-1");
    }

    [Fact]
    public async Task For_which_kernel_a_module_was_built_is_not_guessed()
    {
        _machine.Write(Modules + "/extra/toa.ko.zst", "not to be looked into");
        _machine.Program("modinfo -F parm", OwnParameters + "\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Seen.Should().Be(
            $"the module's files: For which kernel {_machine.Root}/{Modules}/extra/toa.ko.zst was built is not known.");
        found.Ids.Should().NotContain(id => id.StartsWith("TOA21"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_vendor_s_file_is_not_the_module(bool isForThisKernel)
    {
        string folder = isForThisKernel ? Modules : "lib/modules/6.1.0-1";
        _machine.Write(folder + "/extra/toa.ko", Module(isForThisKernel ? FakeMachine.Release : "6.1.0-1", "parm=vendor:of another"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA21", isForThisKernel ? "TOA216" : "TOA211").Seen.Should().Contain($"{_machine.Root}/{folder}/extra/toa.ko");
        found["TOA111"].Next.Should().NotContain("The module is installed");
        if (isForThisKernel)
            found["TOA111"].Next.Should().Contain("TOA216").And.NotContain("provider load");
    }

    [Fact]
    public async Task A_file_that_cannot_be_identified_is_not_taken_for_the_module()
    {
        _machine.Write(Modules + "/extra/toa.ko.xz", "not to be looked into").Program("modinfo -F vermagic", FakeMachine.Release + " SMP\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Should().Match<(string Seen, string Next)>(unknown =>
            unknown.Seen == $"the module's files: Whether {_machine.Root}/{Modules}/extra/toa.ko.xz is this project's module is not known."
            && unknown.Next.Contains("modinfo -F parm "));
        found.Ids.Should().NotContain(id => id.StartsWith("TOA21"));
        found["TOA111"].Next.Should().Contain("TOA001").And.NotContain("The module is installed");
    }

    [Theory]
    [InlineData(true, "dkms status -m toa")]
    [InlineData(false, "Run toa as root.")]
    public async Task What_DKMS_does_not_tell_is_not_known(bool isPrivileged, string cure)
    {
        _machine.IsPrivileged = isPrivileged;
        _machine.Program("dkms status -m toa", exitCode: 1, error: "dkms: /var/lib/dkms: Permission denied\n");

        (string seen, string next) = (await Diagnosis.OfAsync(_machine))["TOA001"];

        seen.Should().Be("the module's files: dkms status failed: dkms: /var/lib/dkms: Permission denied.");
        next.Should().Contain(cure);
        if (isPrivileged)
            next.Should().NotContain("as root");
    }

    [Fact]
    public async Task A_module_for_other_kernels_only_is_told_of()
    {
        _machine.Write("lib/modules/6.1.0-1/extra/toa.ko", Module("6.1.0-1"));
        Directory.CreateDirectory(Path.Combine(_machine.Root, Modules));

        (await Diagnosis.OfAsync(_machine)).Only("TOA21", "TOA213").Seen
            .Should().Contain("6.1.0-1/extra/toa.ko was built for 6.1.0-1").And.EndWith("6.12.9-test runs.");
    }

    [Fact]
    public async Task A_folder_of_headers_is_not_searched_for_modules()
    {
        _machine.Write("usr/src/linux/toa.ko", Module("6.1.0-1"));
        Directory.CreateDirectory(Path.Combine(_machine.Root, Modules));
        File.CreateSymbolicLink(Path.Combine(_machine.Root, Modules, "build"), Path.Combine(_machine.Root, "usr/src/linux"));

        (await Diagnosis.OfAsync(_machine)).Only("TOA21", "TOA211");
    }

    [Fact]
    public async Task A_module_that_is_loaded_and_not_installed_will_be_gone()
    {
        (await Diagnosis.OfAsync(_machine.WithModule())).Only("TOA21", "TOA211").Next.Should().StartWith("After a reboot, it is not loaded.");
    }

    [Theory]
    [InlineData("toa/0.1.0, 6.12.9-test, x86_64: installed\n", "TOA214")]
    [InlineData("toa/0.1.0, 6.1.0-1, x86_64: installed\n", "TOA215")]
    [InlineData("toa/0.1.0: added\n", "TOA215")]
    public async Task DKMS_s_word_is_passed_on(string status, string id)
    {
        _machine.Program("dkms status -m toa", status);

        (await Diagnosis.OfAsync(_machine))[id].Seen.Should().Be(status.Trim() + ".");
    }

    [Fact]
    public async Task Signatures_that_nobody_demands_are_fine()
    {
        _machine.Write(SecureBoot, [6, 0, 0, 0, 0])
            .Write("sys/module/module/parameters/sig_enforce", "N\n")
            .Write("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA22", "TOA220");
    }

    [Theory]
    [InlineData("efi", "Secure Boot is on.")]
    [InlineData("sig_enforce", "module.sig_enforce is on.")]
    [InlineData("lockdown", "the kernel is locked down (none [integrity] confidentiality).")]
    public async Task Signatures_matter_while_the_module_is_not_loaded(string demand, string seen)
    {
        _ = demand switch
        {
            "efi" => _machine.Write(SecureBoot, [6, 0, 0, 0, 1]),
            "sig_enforce" => _machine.Write("sys/module/module/parameters/sig_enforce", "Y\n"),
            _ => _machine.Write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n"),
        };

        (await Diagnosis.OfAsync(_machine)).Only("TOA22", "TOA221").Should().Match<(string Seen, string Next)>(
            found => found.Seen == seen && found.Next.Contains("toa provider enroll-key"));
        (await Diagnosis.OfAsync(_machine.WithModule())).Only("TOA22", "TOA222").Seen.Should().Be(seen);
    }

    [Theory]
    [InlineData("sys/kernel/security", false, "mount -t securityfs none /sys/kernel/security")]
    [InlineData("sys/firmware", false, "mount -t efivarfs efivarfs /sys/firmware/efi/efivars")]
    [InlineData("sys/firmware", true, "mount -t efivarfs efivarfs /sys/firmware/efi/efivars")]
    [InlineData("sys/module", false, "mount -t sysfs sysfs /sys")]
    public async Task What_is_not_mounted_is_no_proof_that_signatures_are_not_demanded(string folder, bool hasEfi, string cure)
    {
        _machine.Remove(folder);
        if (hasEfi)
            _machine.Write("sys/firmware/efi/runtime", "");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Should().Match<(string Seen, string Next)>(unknown =>
            unknown.Seen.StartsWith("Secure Boot and signatures of modules: Whether ") && unknown.Next.Contains(cure));
        found.Ids.Should().NotContain(id => id.StartsWith("TOA22"));
    }

    [Theory]
    [InlineData(SecureBoot, "")]
    [InlineData(SecureBoot, "\u0006\0\0\0")]
    [InlineData("sys/kernel/security/lockdown", "")]
    [InlineData("sys/kernel/security/lockdown", "\n")]
    public async Task A_file_without_a_value_is_not_an_answer(string file, string content)
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.Write(file, content));

        found["TOA001"].Seen.Should().StartWith("Secure Boot and signatures of modules: Whether ").And.Contain(_machine.PathOf(file));
        found.Ids.Should().NotContain(id => id.StartsWith("TOA22"));
    }

    [Fact]
    public async Task A_demand_is_told_beside_what_is_not_known()
    {
        _machine.Remove("sys/kernel/security").Write("sys/module/module/parameters/sig_enforce", "Y\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Ids.Should().Contain(["TOA221", "TOA001"]);
    }

    [Fact]
    public async Task With_a_provider_it_does_not_matter_what_is_not_known()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.WithModule().Remove("sys/kernel/security"));

        found.Only("TOA22", "TOA222").Seen.Should().Contain("no securityfs is mounted");
        found.Ids.Should().NotContain("TOA001");
    }

    [Fact]
    public async Task A_firmware_that_may_not_be_read_is_a_finding_of_its_own()
    {
        _machine.WriteUnreadable(SecureBoot);

        (await Diagnosis.OfAsync(_machine))["TOA001"].Should().Match<(string Seen, string Next)>(
            found => found.Seen.StartsWith("Secure Boot and signatures of modules: ") && found.Next == "Run toa as root.");
    }

    [Theory]
    [InlineData("proc")]
    [InlineData("sys")]
    public async Task Without_the_kernel_s_lists_nobody_is_said_to_be_alone(string folder)
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.Remove(folder));

        found.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("seen").GetString())
            .Should().ContainSingle(seen => seen!.StartsWith("other modules and live patches: ")).Which.Should().EndWith(" is missing.");
        found.Ids.Should().NotContain("TOA500");
    }

    [Fact]
    public async Task A_kernel_that_loads_no_modules_has_no_list_of_them()
    {
        File.Delete(_machine.PathOf("proc/modules"));

        (await Diagnosis.OfAsync(_machine)).Only("TOA50", "TOA500").Seen.Should().Be("No TOA module is loaded.");
    }

    [Fact]
    public async Task A_lone_module_has_no_rivals()
    {
        (await Diagnosis.OfAsync(_machine.WithModule())).Only("TOA50", "TOA500").Seen.Should().Be("toa is the only TOA module.");
    }

    [Fact]
    public async Task Several_modules_contradict_each_other()
    {
        _machine.Write("proc/modules", "vtoa 1 0 - Live 0x0\nuoa_toa 1 0 - Live 0x0\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA50", "TOA501").Seen.Should().Be("vtoa, uoa_toa are loaded.");
    }

    [Fact]
    public async Task Vtoa_and_its_part_hookers_do_not_contradict_each_other()
    {
        _machine.Write("proc/modules", "vtoa 16384 0 - Live 0x0\nhookers 16384 1 vtoa, Live 0x0\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA50", "TOA500").Seen.Should().Be("vtoa is the only TOA module.");
    }

    [Theory]
    [InlineData(true, "answered")]
    [InlineData(false, "not answered")]
    public async Task Vtoa_of_Alibaba_Cloud_Linux_names_clients_of_both_families(bool answers, string answer)
    {
        _machine.Write("proc/modules", "vtoa 16384 0 - Live 0x0\n").Write("proc/net/vtoa_stats", "");
        _machine.Answers = new ProviderAnswers(Lookup: false, Info: false, Vtoa: answers);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA11", "TOA112").Seen.Should().Be($"getsockopt 1348 is {answer}, modules vtoa.");
        found["TOA112"].Next.Should().Contain("reads IPv4 and IPv6 clients from it").And.Contain("cannot be checked against known proxies");
        found.Json.GetProperty("provider").GetProperty("answersVtoa").GetBoolean().Should().Be(answers);
    }

    [Theory]
    [InlineData(true, "vtoa")]
    [InlineData(false, "vtoa")]
    [InlineData(true, "ttm")]
    [InlineData(false, "hookers")]
    [InlineData(false, "toa")] // the name of this project's module
    public async Task Another_vendor_s_module_beside_the_provider_is_an_error(bool isModule, string other)
    {
        if (isModule)
            _machine.WithModule().Write("proc/modules", $"toa 1 0 - Live 0x0\n{other} 1 0 - Live 0x0\n");
        else
            _machine.WithEbpf().Write("proc/modules", $"{other} 1 0 - Live 0x0\n").Write($"sys/module/{other}/parameters/vendor", "1\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA50", "TOA504").Seen.Should().StartWith($"{other}: it changes the results of accept and getpeername");
        found["TOA504"].Next.Should().Contain("trust cannot be checked");
        found["TOA110"].Seen.Should().StartWith(isModule ? "ToaModule: " : "ToaEbpf: ");
        found["TOA310"].Seen.Should().Be("trusted=10.0.0.0/8");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task The_module_and_the_eBPF_provider_do_not_go_together()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.WithEbpf().WithModule());

        found.Only("TOA50", "TOA503").Next.Should()
            .StartWith("Unload one of the two: toa provider unload, or toa provider unload --kind ebpf.");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task A_live_patch_of_a_hooked_function_is_named_and_others_are_not()
    {
        _machine.Write("sys/kernel/livepatch/fix/vmlinux/inet_getname,1/stack_order", "")
            .Write("sys/kernel/livepatch/fix/vmlinux/tcp_ack,1/stack_order", "")
            .Write("sys/kernel/livepatch/fix/enabled", "1\n").Write("sys/kernel/livepatch/fix/transition", "0\n")
            .Write("sys/kernel/livepatch/other/ext4/inet_getname,1/stack_order", "")
            .Write("sys/kernel/livepatch/six/ipv6/tcp_v6_syn_recv_sock,1/stack_order", "")
            .Write("sys/kernel/livepatch/old/vmlinux/inet6_getname,1/stack_order", "")
            .Write("sys/kernel/livepatch/old/enabled", "0\n").Write("sys/kernel/livepatch/old/transition", "0\n")
            .Write("sys/kernel/livepatch/ending/vmlinux/tcp_v4_syn_recv_sock,1/stack_order", "")
            .Write("sys/kernel/livepatch/ending/enabled", "0\n").Write("sys/kernel/livepatch/ending/transition", "1\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA50", "TOA502").Seen.Should().Be(
            "ending replaces tcp_v4_syn_recv_sock, fix replaces inet_getname, six replaces tcp_v6_syn_recv_sock.");
    }

    [Fact]
    public async Task EBPF_programs_at_the_same_places_are_named()
    {
        _machine.BpfPrograms.AddRange(
        [
            new BpfProgram(7, "cil_sock4_getpe", BpfHook.PeerName), new BpfProgram(8, "", BpfHook.SocketOption),
            new BpfProgram(9, "acct", BpfHook.SocketEvents), new BpfProgram(10, "bind", BpfHook.SocketAddress),
        ]);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA511"].Seen.Should().Be(
            "cil_sock4_getpe (id 7) at getpeername, without a name (id 8) at getsockopt and setsockopt, bind (id 10) at calls with socket addresses.");
        found["TOA512"].Seen.Should().Be("acct (id 9).");
        found.Ids.Should().NotContain("TOA510");
    }

    [Fact]
    public async Task EBPF_programs_that_may_not_be_listed_are_a_finding_of_their_own()
    {
        _machine.BpfProblem = new CannotLookException($"Not for you.", $"Be root.");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Should().Be(("eBPF programs: Not for you.", "Be root."));
        found.Ids.Should().NotContain(id => id.StartsWith("TOA51"));
    }

    [Fact]
    public async Task A_machine_without_any_file_is_looked_at_to_the_end()
    {
        _machine.Remove("proc").Remove("sys").Remove("etc");

        (await Diagnosis.OfAsync(_machine)).Ids.Should().Contain(["TOA001", "TOA111", "TOA701"]).And.NotContain(["TOA220", "TOA500", "TOA605"]);
    }

    private static byte[] Module(string release, string parameters = "parm=" + OwnParameters) => Encoding.ASCII.GetBytes(
        $"\x7fELF…\0license=GPL\0version=0.1.0\0{parameters}\0vermagic={release} SMP preempt mod_unload modversions \0name=toa\0");

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionMode.Compress))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
