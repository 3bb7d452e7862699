using System;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Internal;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>
/// The doctor's findings on TencentOS, whose kernels have their own module toa, and on machines with several modules toa.
/// </summary>
public sealed class TencentOSTests : IDisposable
{
    private const string Old = "4.14.105-19-0024", New = "5.4.119-19-0009.11";

    private const string NamesIPv4 = "It reads TOA options of kind 200 only and does not answer getsockopt: it reports IPv4 clients, but no IPv6 clients.";

    private const string NamesNobody =
        "It reads TOA options of kind 200, but reports no clients: without the parameter disable_getpeername, it does not work on kernels from "
        + "4.17 on.";

    private const string Ours = "It reports IPv4 and IPv6 clients and their balancers, and checks trusted=.";

    private static readonly string[] ContainerVariables = ["KUBERNETES_SERVICE_HOST", "DOTNET_RUNNING_IN_CONTAINER"];

    private readonly FakeMachine _machine = new();

    public TencentOSTests()
    {
        // The test machine may be a container itself.
        foreach (string variable in ContainerVariables)
            Environment.SetEnvironmentVariable(variable, null);
    }

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(Old, false, NamesIPv4)]
    [InlineData(Old, true, NamesIPv4)]
    [InlineData(New, false, NamesNobody)]
    [InlineData(New, true, NamesIPv4)]
    public async Task The_kernel_s_own_module_is_to_be_replaced(string release, bool hasSwitch, string ability)
    {
        string file = OfKernel(release, hasSwitch);
        Load(release, hasSwitch).Program("modinfo -n toa", $"/{file}\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Json.GetProperty("provider").GetProperty("kind").GetString().Should().Be("TencentOS");
        found["TOA101"].Should().Be((
            $"{release}, Debian GNU/Linux 12 (bookworm). The kernel's own module is loaded. {ability} modprobe toa would load {_machine.Root}/{file}, "
            + $"which is the kernel's own. {ability}",
            "Replace it with this project's module: see TOA113."));
        found.Only("TOA11", "TOA113").Should().Be((
            $"getsockopt 4096 is not answered, 4097 is not answered, modules toa. {ability}",
            "Stop the programs that use it, then run rmmod toa, toa provider install --trusted YOUR-BALANCERS and toa provider load. "
            + "See docs/guides/tencentos.md."));
        found.Titles.Should().Contain("The provider is TencentOS's own module");
        found.Json.GetProperty("warnings").GetInt32().Should().BeGreaterThan(0);
        found.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task What_this_project_s_module_takes_is_looked_at_while_the_kernel_s_own_is_loaded()
    {
        Load(New).Write("sys/module/module/parameters/sig_enforce", "Y\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA20", "TOA201").Next.Should().Contain("kernel-devel-" + New);
        found.Only("TOA21", "TOA211");
        found.Only("TOA22", "TOA221");
        found.Only("TOA50", "TOA500").Seen.Should().Be("toa is the only TOA module.");
        found["TOA312"].Next.Should().Contain("Restrict access to the port");
    }

    [Fact]
    public async Task In_a_container_the_host_is_where_it_is_replaced()
    {
        Load(New).Write(".dockerenv", "");

        (await Diagnosis.OfAsync(_machine))["TOA113"].Next.Should().StartWith("On the host: stop the programs");
    }

    [Fact]
    public async Task Options_that_the_kernel_s_own_module_does_not_read_are_told_of()
    {
        Load(New).Packets.AddRange(
        [
            TcpPackets.Syn(2, 4, 5, 180), TcpPackets.Build(TcpPackets.Option(253, "[2001:db8::1]:1")), TcpPackets.Build(TcpPackets.Option(200, "192.0.2.10:5555")),
        ]);
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 1\nsyn_recv_sock_no_toa: 1\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA705"].Seen.Should().StartWith("kind 253, length 20, format ipv6 (tencent, huawei), client [2001:db8::1]:1, ").And.EndWith("TencentOS's own module reads kind 200 with 8 bytes only.")
            .And.NotContain("192.0.2.10");
        found["TOA705"].Next.Should().Be("Replace it with this project's module: see TOA113.");
        found.Ids.Should().NotContain("TOA704");
    }

    [Theory]
    [InlineData(Old, false, NamesIPv4)]
    [InlineData(New, false, NamesNobody)]
    [InlineData(New, true, NamesIPv4)]
    public async Task A_kernel_without_a_provider_is_told_what_modprobe_would_load(string release, bool hasSwitch, string ability)
    {
        string file = OfKernel(release, hasSwitch);
        _machine.Write("proc/sys/kernel/osrelease", release + "\n").Program("modinfo -n toa", $"/{file}\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA101"].Should().Be((
            $"{release}, Debian GNU/Linux 12 (bookworm). No TOA module is loaded. modprobe toa would load {_machine.Root}/{file}, which is the kernel's own. {ability}",
            "Run toa provider install --trusted YOUR-BALANCERS, then toa provider load. See docs/guides/tencentos.md."));
        found.Only("TOA11", "TOA111").Next.Should().Be($"{_machine.Root}/{file} is the kernel's own: see TOA216.");
        found.Only("TOA21", "TOA216").Should().Be((
            $"{_machine.Root}/{file} is the kernel's own. modprobe toa would load {_machine.Root}/{file}.",
            "To use this project's module, run toa provider install. modprobe then loads this project's module."));
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Where_this_project_s_module_is_installed_it_is_to_be_loaded()
    {
        string own = Own(New), kernels = OfKernel(New);
        _machine.Write("proc/sys/kernel/osrelease", New + "\n").Program("modinfo -n toa", $"/{own}\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA101"].Should().Be((
            $"{New}, Debian GNU/Linux 12 (bookworm). No TOA module is loaded. modprobe toa would load {_machine.Root}/{own}, which is this project's. {Ours}",
            "Run toa provider load. See docs/guides/tencentos.md."));
        found["TOA111"].Next.Should().Be("The module is installed. Run toa provider load --trusted YOUR-BALANCERS.");
        found["TOA210"].Seen.Should().StartWith($"{_machine.Root}/{own} was built for {New}");
        found["TOA217"].Should().Be(($"modprobe toa would load {_machine.Root}/{own}, which is this project's. {_machine.Root}/{kernels} is the kernel's own.", ""));
        found.Ids.Should().NotContain("TOA216");
    }

    [Fact]
    public async Task With_this_project_s_module_there_is_nothing_to_do()
    {
        string own = Own(New);
        _machine.WithModule().Write("proc/sys/kernel/osrelease", New + "\n").Program("modinfo -n toa", $"/{own}\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA101"].Should().Be((
            $"{New}, Debian GNU/Linux 12 (bookworm). This project's module is loaded. {Ours} modprobe toa would load {_machine.Root}/{own}, which is this "
            + $"project's. {Ours}", ""));
        found.Only("TOA11", "TOA110");
    }

    [Theory]
    [InlineData(true, "On the host: run toa provider install --trusted YOUR-BALANCERS, then toa provider load. See docs/guides/tencentos.md.")]
    [InlineData(false, "Run toa provider install --trusted YOUR-BALANCERS, then toa provider load. See docs/guides/tencentos.md.")]
    public async Task What_modprobe_would_load_is_not_guessed(bool isContainer, string next)
    {
        _machine.Write("proc/sys/kernel/osrelease", New + "\n");
        if (isContainer)
            _machine.Write(".dockerenv", "");

        (await Diagnosis.OfAsync(_machine))["TOA101"].Should().Be((
            $"{New}, Debian GNU/Linux 12 (bookworm). No TOA module is loaded. Which module modprobe toa would load is not known: modinfo is missing.", next));
    }

    [Theory]
    [InlineData("hwtoa", false, "Another vendor's provider is loaded: see TOA112.", "Replace it with this project's module: see TOA112.")]
    [InlineData(null, true, "This project's eBPF provider is loaded. " + Ours, "")]
    public async Task Other_providers_are_named(string? module, bool answersInfo, string seen, string next)
    {
        _machine.Write("proc/sys/kernel/osrelease", New + "\n").Write("proc/modules", module is null ? "" : $"{module} 16384 0 - Live 0x0\n");
        _machine.Answers = new ProviderAnswers(answersInfo, answersInfo);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA101"].Seen.Should().Contain($" {seen} ");
        found["TOA101"].Next.Should().Be(next);
    }

    // Applies to all kernels, not only to those of TencentOS.
    [Fact]
    public async Task Another_vendor_s_file_that_modprobe_prefers_is_a_warning_with_the_cure()
    {
        string own = Own(FakeMachine.Release), other = Write(FakeMachine.Release, "zzz/toa.ko", "\0parm=vendor:of another");
        _machine.Program("modinfo -n toa", $"/{other}\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA216"].Should().Be((
            $"{_machine.Root}/{other} is another vendor's. modprobe toa would load {_machine.Root}/{other}.",
            $"{_machine.Root}/{own} is this project's. Make depmod prefer it: echo 'override toa * updates/dkms' > /etc/depmod.d/toa.conf && depmod -a."));
        found.Ids.Should().Contain("TOA210").And.NotContain("TOA217");
        found["TOA111"].Next.Should().Be($"{_machine.Root}/{other} is another vendor's: see TOA216.");
    }

    [Fact]
    public async Task Of_two_files_of_other_vendors_the_one_that_modprobe_loads_is_named()
    {
        string kernels = OfKernel(FakeMachine.Release), other = Write(FakeMachine.Release, "extra/toa.ko", "\0parm=vendor:of another");
        _machine.Program("modinfo -n toa", $"/{other}\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA21", "TOA216").Should().Be((
            $"{_machine.Root}/{other} is another vendor's; {_machine.Root}/{kernels} is the kernel's own. modprobe toa would load {_machine.Root}/{other}.",
            "To use this project's module, remove the other vendor's file the way its vendor documents, then run toa provider install."));
    }

    [Theory]
    [InlineData(127, "", "modinfo is missing.", "Install kmod. To use")]
    [InlineData(1, "modinfo: ERROR: Module toa not found.\n", "modinfo -n toa failed: modinfo: ERROR: Module toa not found.", "Run depmod -a. To use")]
    public async Task Which_of_several_files_modprobe_loads_is_not_guessed(int exitCode, string error, string problem, string cure)
    {
        Own(FakeMachine.Release);
        string kernels = OfKernel(FakeMachine.Release);
        _machine.Program("modinfo -n toa", "", exitCode, error);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA216"].Seen.Should().Be($"{_machine.Root}/{kernels} is the kernel's own. Which file modprobe toa would load is not known: {problem}");
        found["TOA216"].Next.Should().StartWith(cure);
    }

    [Fact]
    public async Task A_file_elsewhere_that_modprobe_loads_counts()
    {
        Own(FakeMachine.Release);
        _machine.Write("opt/vendor/toa.ko", "\0parm=vendor:of another\0").Program("modinfo -n toa", "/opt/vendor/toa.ko\n");

        (await Diagnosis.OfAsync(_machine))["TOA216"].Seen.Should().Be($"{_machine.Root}/opt/vendor/toa.ko is another vendor's. modprobe toa would load {_machine.Root}/opt/vendor/toa.ko.");
    }

    [Fact]
    public async Task Modinfo_is_asked_once_for_the_module_that_modprobe_loads()
    {
        string own = Own(New);
        OfKernel(New);
        _machine.Write("proc/sys/kernel/osrelease", New + "\n").Program("modinfo -n toa", $"/{own}\n");

        await Diagnosis.OfAsync(_machine);

        _machine.Calls.Should().ContainSingle(call => call == "modinfo -n toa");
    }

    // A machine on which TencentOS's own module is loaded.
    private FakeMachine Load(string release, bool hasSwitch = false)
    {
        _machine.Write("proc/sys/kernel/osrelease", release + "\n").Write("proc/modules", "toa 16384 0 - Live 0x0\n")
            .Write("sys/module/toa/taint", "\n").Write("proc/net/toa_stats", "syn_recv_sock_toa: 0\nsyn_recv_sock_no_toa: 0\n");
        return hasSwitch ? _machine.Write("sys/module/toa/parameters/disable_getpeername", "0\n") : _machine;
    }

    private string Own(string release) => Write(release, "updates/dkms/toa.ko", "\0parm=formats:TOA options");

    private string OfKernel(string release, bool hasSwitch = false) =>
        Write(release, "kernel/net/toa/toa.ko", "\0intree=Y" + (hasSwitch ? "\0parm=vtoa:x\0parm=disable_getpeername:x" : ""));

    private string Write(string release, string file, string info)
    {
        string path = $"lib/modules/{release}/{file}";
        _machine.Write(path, Encoding.ASCII.GetBytes($"\0license=GPL{info}\0vermagic={release} SMP \0name=toa\0"));
        return path;
    }
}
