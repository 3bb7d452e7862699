using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary>
/// <c>toa provider install --kind ebpf</c> and <c>uninstall</c>. The tool must be built after <c>make bpf bpf-arm64</c>.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class EbpfInstallTests : IDisposable
{
    private const string Loader = "usr/local/sbin/toa-bpf", Unit = "etc/systemd/system/toa-bpf.service", Options = "etc/default/toa-bpf";

    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(Architecture.X64, "bpf")]
    [InlineData(Architecture.Arm64, "bpf-arm64")]
    public async Task The_loader_is_that_of_the_machine_s_architecture(Architecture architecture, string folder)
    {
        _machine.Architecture = architecture;

        (await InstallAsync()).ExitCode.Should().Be(0);

        File.ReadAllBytes(PathOf(Loader)).Should().Equal(File.ReadAllBytes(Repository.PathOf($"artifacts/{folder}/toa-bpf")));
    }

    [Fact]
    public async Task A_machine_without_a_loader_is_left_alone()
    {
        _machine.Architecture = Architecture.S390x;

        (await InstallAsync()).Error.Should().Be(
            "toa: toa-bpf is built for x86-64 and arm64, and this machine is S390x. Use the kernel module.\n");
        File.Exists(PathOf(Loader)).Should().BeFalse();
        File.Exists(PathOf(Unit)).Should().BeFalse();
    }

    [Fact]
    public async Task The_loader_and_its_unit_are_put_where_systemd_finds_them()
    {
        WithSystemd();

        Run run = await InstallAsync("--trusted", "10.0.0.0/8,2001:db8::/32", "--syn", "--first-data");

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().Contain("Load it now: systemctl restart toa-bpf.");
        File.GetUnixFileMode(PathOf(Loader)).Should().HaveFlag(UnixFileMode.UserExecute);
        _machine.Read(Unit).Should().Be(File.ReadAllText(Repository.PathOf("native/packaging/systemd/toa-bpf.service")));
        _machine.Read(Options).Should().EndWith(
            "\nTOA_BPF_OPTIONS=\"first_data=Y trusted=10.0.0.0/8,2001:db8::/32 syn=Y\"\n");
        _machine.Calls.Should().Equal("systemctl daemon-reload", "systemctl enable toa-bpf");
    }

    [Fact]
    public async Task Without_settings_those_that_somebody_has_set_stay()
    {
        WithSystemd();
        _machine.Write(Options, "TOA_BPF_OPTIONS=trusted=192.0.2.0/24\n");

        (await InstallAsync()).ExitCode.Should().Be(0);

        _machine.Read(Options).Should().Be("TOA_BPF_OPTIONS=trusted=192.0.2.0/24\n");
    }

    [Fact]
    public async Task Without_systemd_it_is_said_how_to_load_it()
    {
        Run run = await InstallAsync();

        run.Output.Should().Contain("systemd is not running").And.Contain("/usr/local/sbin/toa-bpf load");
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task What_systemd_refuses_is_told()
    {
        _machine.Write("run/systemd/system/x", "").Program("systemctl daemon-reload", exitCode: 1, error: "Access denied\n");

        Run run = await InstallAsync();

        (run.ExitCode, run.Error).Should().Be((1, "toa: systemctl daemon-reload failed: Access denied\n"));
    }

    [Fact]
    public async Task It_is_taken_back()
    {
        WithSystemd();
        _machine.Program("systemctl disable --now toa-bpf").Program("toa-bpf unload").Program("systemctl daemon-reload").WithEbpf();
        await InstallAsync();

        Run run = await Run.ToaAsync(_machine, "provider", "uninstall", "--kind", "ebpf");

        run.Output.Should().Contain("The eBPF provider is no longer installed.");
        _machine.Calls.Should().EndWith(["systemctl disable --now toa-bpf", "toa-bpf unload", "systemctl daemon-reload"]);
        foreach (string file in (string[])[Loader, Unit, Options])
            File.Exists(PathOf(file)).Should().BeFalse(file);
        (await Run.ToaAsync(_machine, "provider", "uninstall", "--kind", "ebpf")).Output.Should().Contain("The eBPF provider was not installed.");
    }

    [Fact]
    public async Task A_dry_run_only_tells()
    {
        WithSystemd();

        Run run = await InstallAsync("--dry-run");

        run.Output.Should().Contain("# write /usr/local/sbin/toa-bpf").And.Contain("systemctl enable toa-bpf");
        File.Exists(PathOf(Loader)).Should().BeFalse();
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task It_is_not_installed_beside_the_module()
    {
        _machine.Write("etc/modules-load.d/toa.conf", File.ReadAllText(Repository.PathOf("native/packaging/modules-load.d/toa.conf")));

        (await InstallAsync()).Error.Should().Be(
            "toa: the kernel module is installed and would be loaded together with the eBPF provider. Run toa provider uninstall first.\n");
        File.Exists(PathOf(Loader)).Should().BeFalse();
    }

    [Fact]
    public async Task It_is_not_installed_beside_another_vendor_s_module()
    {
        _machine.Write("etc/modules-load.d/toa.conf", "toa\n");

        (await InstallAsync()).Error.Should().StartWith("toa: /etc/modules-load.d/toa.conf is another vendor's").And.NotContain("uninstall");
        File.Exists(PathOf(Loader)).Should().BeFalse();
    }

    [Fact]
    public async Task It_takes_root()
    {
        _machine.IsPrivileged = false;

        (await InstallAsync()).Error.Should().Be(
            "toa: toa provider install requires root: run sudo toa provider install --kind ebpf.\n");
    }

    private Task<Run> InstallAsync(params string[] settings) =>
        Run.ToaAsync(_machine, ["provider", "install", "--kind", "ebpf", .. settings]);

    private void WithSystemd() =>
        _machine.Write("run/systemd/system/x", "").Program("systemctl daemon-reload").Program("systemctl enable toa-bpf");

    private string PathOf(string file) => Path.Combine(_machine.Root, file);
}
