using System;
using System.IO;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Internal;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary><c>toa doctor</c> with the eBPF provider: the same findings, with this provider's commands.</summary>
public sealed class EbpfChecksTests : IDisposable
{
    private const string Client = "192.0.2.10:55000";
    private const string Complaint = "toa-bpf: /sys/fs/bpf/toa/getpeername4 is missing: run toa-bpf load\n";

    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Its_trusted_networks_are_told() =>
        (await Diagnosis.OfAsync(_machine.WithEbpf())).Only("TOA31", "TOA310").Seen.Should().Be("trusted=10.0.0.0/8");

    [Fact]
    public async Task Neither_headers_nor_an_installed_module_are_missed()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.WithEbpf());

        found.Ids.Should().NotContain(id => id.StartsWith("TOA20", StringComparison.Ordinal) || id.StartsWith("TOA21", StringComparison.Ordinal));
        found.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Whoever_is_believed_it_is_told_how_to_name_networks()
    {
        _machine.WithEbpf(trusted: "");

        (await Diagnosis.OfAsync(_machine)).Only("TOA31", "TOA311").Next.Should()
            .Contain("toa-bpf set trusted=10.0.0.16/28").And.Contain("/etc/default/toa-bpf").And.NotContain("/sys/module");
    }

    [Fact]
    public async Task A_kind_that_it_does_not_read_is_told_of_with_the_command_that_adds_it()
    {
        _machine.WithEbpf();
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(254, Client)));

        (await Diagnosis.OfAsync(_machine))["TOA705"].Next.Should().Be("Set the provider to read these options: toa-bpf set formats=tencent,baidu "
            + "(or instead of baidu: dpvs, alibaba-ddos, huawei, alibaba-vpc, ucloud). Remove tencent if it is not your balancer's.");
    }

    [Fact]
    public async Task Options_on_the_SYN_only_need_its_setting()
    {
        _machine.WithEbpf();
        _machine.Packets.Add(TcpPackets.Syn(TcpPackets.Option(200, Client)));

        (await Diagnosis.OfAsync(_machine))["TOA710"].Next.Should().StartWith("toa-bpf set syn=Y, and restart the servers");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Options_from_outside_its_networks_are_told_of_with_its_command(bool answers)
    {
        _machine.WithEbpf(counters: "syn_recv_sock_toa: 0 0\nuntrusted: 1 2\n");
        if (!answers)
            _machine.Answers = default;

        (await Diagnosis.OfAsync(_machine))["TOA413"].Next.Should().Contain("toa-bpf set trusted=+192.0.2.0/24");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_is_not_whole_is_an_error(bool answers)
    {
        _machine.WithEbpf(complaint: Complaint);
        if (!answers)
            _machine.Answers = default;

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        (string seen, string next) = found.Only("TOA30", "TOA305");
        seen.Should().Be("/sys/fs/bpf/toa/getpeername4 is missing: run toa-bpf load.");
        next.Should().Contain("it restores the missing parts").And.Contain("toa-bpf unload, then toa-bpf load");
        found.ExitCode.Should().Be(1);
        if (answers)
            found["TOA310"].Seen.Should().Be("trusted=10.0.0.0/8");
    }

    [Theory]
    [InlineData("files=none: the kernel refuses tracing programs: a policy (lockdown,bpf)", "the kernel refuses tracing programs: a policy (lockdown,bpf).")]
    [InlineData("files=stats: missing: toa-bpf load creates them or prints the reason", "missing: toa-bpf load creates them or prints the reason.")]
    public async Task One_without_files_serves_all_the_same(string files, string seen)
    {
        _machine.Program("toa-bpf status", $"loaded=Y\ntrusted=10.0.0.0/8\n{files}\n").WithEbpf()
            .Write("sys/fs/bpf/toa/toa_counters", "").Write("sys/fs/bpf/toa/toa_counter_names", "").Maps.Count("syn_recv_sock_toa", 7);
        File.Delete(_machine.PathOf("sys/fs/bpf/toa/stats"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA30", "TOA307").Seen.Should().Be(seen);
        found["TOA401"].Seen.Should().Contain("7 connections came with a TOA option");
        found.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task One_with_files_is_no_finding()
    {
        _machine.Program("toa-bpf status", "loaded=Y\ntrusted=10.0.0.0/8\nfiles=stats,table\n").WithEbpf();

        (await Diagnosis.OfAsync(_machine)).Ids.Should().NotContain("TOA307");
    }

    [Fact]
    public async Task One_that_serves_another_cgroup_is_told_of_and_no_module_is_advised()
    {
        _machine.Write("sys/module/module/parameters/sig_enforce", "Y\n").WithEbpf().Answers = default;

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA30", "TOA306").Seen.Should()
            .Be("The eBPF provider is loaded with cgroup=/sys/fs/cgroup/games.slice, and no provider answers this process.");
        found["TOA111"].Next.Should().Contain("see TOA306").And.NotContain("toa provider");
        found.Ids.Should().NotContain(["TOA201", "TOA211", "TOA221", "TOA310", "TOA312"]);
        found.Only("TOA22", "TOA222").Seen.Should().Be("The eBPF provider is on this machine and is not a module. module.sig_enforce is on.");
        found.Titles.Should().NotContain(title => title.Contains("the provider is there"));
    }

    [Fact]
    public async Task One_whose_cgroup_is_gone_is_an_error()
    {
        _machine.WithEbpf().Remove("sys/fs/cgroup/games.slice").Answers = default;

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA30", "TOA305").Should().Be((
            "The cgroup /sys/fs/cgroup/games.slice of the provider was removed.",
            "Run toa-bpf unload, then toa-bpf load with all settings. To serve another cgroup, use --cgroup."));
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task A_cgroup_without_a_path_is_not_said_to_be_there()
    {
        _machine.Program("toa-bpf status", "loaded=Y\ntrusted=10.0.0.0/8\ncgroup=number 77\n").WithEbpf().Answers = default;

        (await Diagnosis.OfAsync(_machine)).Only("TOA30", "TOA306").Seen.Should()
            .EndWith("toa-bpf names its cgroup 'number 77', which is not a path: whether that still exists is not known.");
    }

    [Theory]
    [InlineData("/init.scope", "/games.slice/web.service", true)]
    [InlineData("/", "/games.slice", true)]
    [InlineData("/games.slice2", "/games.slice", true)]
    [InlineData("/games.slice", "/games.slice/web.service", false)]
    [InlineData("/games.slice/web.service", "/games.slice/web.service", false)]
    [InlineData("/init.scope", "/system.slice", false)]
    [InlineData("/init.scope", "/games.slice2", false)]
    public async Task A_listener_that_was_made_outside_the_cgroup_of_its_process_is_told_of(string made, string held, bool isFound)
    {
        Listening(made, held);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        if (!isFound)
        {
            found.Ids.Should().NotContain(["TOA308", "TOA001"]);
            return;
        }

        (string seen, string next) = found.Only("TOA30", "TOA308");
        seen.Should().Be(
            $"0.0.0.0:7000 of web (process 40, in {held}) was created in {made}. The provider serves only sockets that were created in /sys/fs/cgroup/games.slice.");
        next.Should().Contain("toa-bpf load with all settings but --cgroup").And.Contain("do not use systemd socket activation");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task With_the_root_cgroup_every_listener_is_served()
    {
        _machine.Program("toa-bpf status", "loaded=Y\ntrusted=10.0.0.0/8\ncgroup=/sys/fs/cgroup\n");
        Listening("/init.scope", "/games.slice");

        (await Diagnosis.OfAsync(_machine)).Ids.Should().NotContain(["TOA308", "TOA001"]);
    }

    [Theory]
    [InlineData("", "The cgroup in which these listeners were created is not known: 0.0.0.0:7000 (systemd).", "ss -ltne shows it")]
    [InlineData("cgroup:unreachable:2a ", "The cgroup in which these listeners were created was removed: 0.0.0.0:7000 (systemd).", "Restart the service")]
    public async Task Where_a_listener_was_made_is_not_guessed(string cgroup, string seen, string cure)
    {
        _machine.Program("ss -Hltne", $"LISTEN 0 128 0.0.0.0:7000 0.0.0.0:* ino:101 sk:1 {cgroup}<->\n");
        Listening("/init.scope", "/games.slice");

        (string Seen, string Next) found = (await Diagnosis.OfAsync(_machine))["TOA001"];

        found.Seen.Should().Be($"the listeners that the eBPF provider serves: {seen}");
        found.Next.Should().StartWith(cure);
    }

    [Fact]
    public async Task A_process_that_has_ended_holds_no_listener()
    {
        Listening("/init.scope", "/games.slice/web.service");
        // Reading must fail with an error that is not a missing privilege, as for a process that ends between open and read.
        File.Delete(_machine.PathOf("proc/40/cgroup"));
        File.CreateSymbolicLink(_machine.PathOf("proc/40/cgroup"), _machine.PathOf("proc/40/cgroup"));

        (await Diagnosis.OfAsync(_machine)).Ids.Should().NotContain(["TOA308", "TOA001"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_its_loader_its_state_is_not_known(bool answers)
    {
        if (answers)
            _machine.Answers = new ProviderAnswers(Lookup: true, Info: true);
        else
            _machine.Write("sys/fs/bpf/toa/stats", "syn_recv_sock_toa: 0 0\n");

        (string Seen, string Next) found = (await Diagnosis.OfAsync(_machine))["TOA001"];

        found.Seen.Should().StartWith("the eBPF provider: toa-bpf is missing: ");
        found.Next.Should().Contain("toa provider install --kind ebpf");
    }

    [Fact]
    public async Task Pins_that_may_not_be_listed_are_not_taken_for_absent()
    {
        Directory.CreateDirectory(_machine.PathOf("sys/fs"));
        // Not even root can list a link to itself.
        File.CreateSymbolicLink(_machine.PathOf("sys/fs/bpf"), _machine.PathOf("sys/fs/bpf"));

        (await Diagnosis.OfAsync(_machine))["TOA001"].Seen.Should().StartWith($"the eBPF provider: {_machine.Root}/sys/fs/bpf ");
    }

    [Fact]
    public async Task Networks_that_its_loader_does_not_show_are_not_known()
    {
        _machine.Program("toa-bpf status", "loaded=Y\nsyn=N\n").WithEbpf();

        (await Diagnosis.OfAsync(_machine)).Only("TOA31", "TOA312");
    }

    [Fact]
    public async Task Without_its_loader_the_cgroup_is_not_known()
    {
        _machine.Write("sys/fs/bpf/toa/stats", "");

        (await Diagnosis.OfAsync(_machine)).Only("TOA30", "TOA306").Seen.Should().EndWith("toa-bpf does not name its cgroup: whether that still exists is not known.");
    }

    [Theory]
    [InlineData(false, "this user is not allowed to read /sys/fs/bpf/toa: run toa-bpf as root")]
    [InlineData(true, "cannot read the trusted networks: CAP_SYS_ADMIN is missing")]
    public async Task Who_may_not_look_is_told_so_and_of_no_fault(bool isPrivileged, string complaint)
    {
        _machine.Program("toa-bpf status", "loaded=Y\n", 1, $"toa-bpf: {complaint}\n").WithEbpf();
        _machine.IsPrivileged = isPrivileged;

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Seen.Should().Be($"the eBPF provider: toa-bpf reports: {complaint}.");
        found.Ids.Should().NotContain(["TOA305", "TOA306", "TOA310", "TOA311"]);
    }

    [Fact]
    public async Task A_program_of_another_vendor_with_a_similar_name_is_named()
    {
        _machine.WithEbpf().BpfPrograms.AddRange([new BpfProgram(7, "toa_getpeername", BpfHook.PeerName), new BpfProgram(8, "toa_rewrite", BpfHook.PeerName)]);

        (await Diagnosis.OfAsync(_machine)).Only("TOA51", "TOA511").Seen.Should().Be("toa_rewrite (id 8) at getpeername.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_own_programs_are_no_strangers(bool answers)
    {
        _machine.WithEbpf().BpfPrograms.Add(new BpfProgram(7, "toa_getpeername", BpfHook.PeerName));
        if (!answers)
            _machine.Answers = default;

        (await Diagnosis.OfAsync(_machine)).Only("TOA51", "TOA510");
    }

    /// <summary>A process in one cgroup holds a listener that was created in another.</summary>
    private void Listening(string made, string held) => _machine.WithEbpf()
        .Program("ss -Hltne", $"LISTEN 0 128 0.0.0.0:7000 0.0.0.0:* ino:101 sk:1 cgroup:{made} <->\n")
        .Process(1, "systemd", "101").Write("proc/1/cgroup", "0::/init.scope\n")
        .Process(40, "web", "101").Write("proc/40/cgroup", $"1:cpu:/\n0::{held}\n")
        .Write("proc/net/tcp", "  sl\n 0: 00000000:1B58 00000000:0000 0A 0:0 0:0 0 0 0 101 1\n");
}
