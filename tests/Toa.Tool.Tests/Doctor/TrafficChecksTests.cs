using System;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>The doctor's findings about the running module, services and packets.</summary>
public sealed class TrafficChecksTests : IDisposable
{
    private const string Quiet = "syn_recv_sock_toa: 3 4\nsyn_recv_sock_no_toa: 1 1\nhooks_silent: 0 0\nuntrusted: 0 0\n";

    private const string Client = "192.0.2.10:5555";

    private readonly FakeMachine _machine = new FakeMachine().WithModule(counters: Quiet);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Hooks_that_are_called_are_fine()
    {
        (await Diagnosis.OfAsync(_machine)).Only("TOA30", "TOA300").Seen.Should().Be("kernel.ftrace_enabled is 1; hooks_silent is 0.");
    }

    [Fact]
    public async Task Hooks_that_are_switched_off_are_an_error()
    {
        _machine.Write("proc/sys/kernel/ftrace_enabled", "0\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA30", "TOA301").Seen.Should().Be("kernel.ftrace_enabled is 0.");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Hooks_without_counters_are_not_said_to_be_called()
    {
        _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 1 0\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Seen.Should().Contain("the counter hooks_silent is missing");
        found.Ids.Should().NotContain(id => id.StartsWith("TOA30"));
    }

    [Fact]
    public async Task Hooks_that_were_silent_are_told_of()
    {
        _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 1 0\nhooks_silent: 2 0\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA302"].Seen.Should().StartWith("hooks_silent is 2");
        found.Ids.Should().NotContain("TOA300");
    }

    [Theory]
    [InlineData(true, "the kernel is locked down")]
    [InlineData(false, "Run toa as root.")]
    public async Task Counters_of_hooks_are_judged_where_the_switch_may_not_be_read(bool isPrivileged, string cure)
    {
        _machine.IsPrivileged = isPrivileged;
        _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 1 0\nhooks_silent: 2 0\n")
            .WriteUnreadable("proc/sys/kernel/ftrace_enabled");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA302"].Seen.Should().StartWith("hooks_silent is 2");
        found["TOA001"].Next.Should().Contain(cure);
        if (isPrivileged)
            found["TOA001"].Next.Should().NotContain("as root");
    }

    [Fact]
    public async Task A_switch_that_is_off_is_found_without_counters()
    {
        _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 1 0\n").Write("proc/sys/kernel/ftrace_enabled", "0\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA30", "TOA301");
        found["TOA001"].Seen.Should().Contain("the counter hooks_silent is missing");
    }

    [Fact]
    public async Task Parameters_that_may_not_be_read_are_a_finding_of_their_own()
    {
        _machine.WriteUnreadable("sys/module/toa/parameters/trusted");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Ids.Should().ContainSingle(id => id == "TOA001");
        found.Ids.Should().NotContain(id => id.StartsWith("TOA31"));
    }

    [Fact]
    public async Task An_empty_list_of_trusted_networks_is_a_warning()
    {
        (await Diagnosis.OfAsync(_machine)).Only("TOA31", "TOA310").Seen.Should().Be("trusted=10.0.0.0/8");
        _machine.Write("sys/module/toa/parameters/trusted", "\n");
        (await Diagnosis.OfAsync(_machine)).Only("TOA31", "TOA311").Next.Should().Contain("/sys/module/toa/parameters/trusted");
    }

    [Theory]
    [InlineData("syn_recv_sock_toa: 4 4\nsyn_recv_sock_no_toa: 1 1\n", "TOA400", "In 5 s: syn_recv_sock_toa +1.")]
    [InlineData("syn_recv_sock_toa: 3 4\nsyn_recv_sock_no_toa: 9 1\n", "TOA402", "In 5 s: syn_recv_sock_no_toa +8.")]
    [InlineData(Quiet, "TOA401", "In 5 s, neither syn_recv_sock_toa nor syn_recv_sock_no_toa rose. "
        + "Since the provider was loaded, 7 connections came with a TOA option, and 2 without.")]
    public async Task Counters_are_watched(string then, string id, string seen)
    {
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", then);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA40", id).Seen.Should().Be(seen);
        found.Json.GetProperty("counters")[0].GetProperty("name").GetString().Should().Be("syn_recv_sock_toa");
        found.Json.GetProperty("counters")[0].GetProperty("moved").GetInt32().Should().Be(id == "TOA400" ? 1 : 0);
    }

    [Theory]
    [InlineData("nonsense", "'nonsense'")]
    [InlineData("", "The text contains no counters.")]
    public async Task Counters_that_are_none_are_told_of(string text, string seen)
    {
        _machine.Write("proc/net/toa_stats", text);

        (string Seen, string Next) found = (await Diagnosis.OfAsync(_machine)).Only("TOA40", "TOA403");

        found.Seen.Should().Contain(seen);
        found.Next.Should().Contain("another vendor's provider or to an older version").And.NotContain("network namespace");
    }

    [Fact]
    public async Task Counters_that_are_not_there_may_be_in_another_network_namespace()
    {
        System.IO.File.Delete(_machine.PathOf("proc/net/toa_stats"));

        (await Diagnosis.OfAsync(_machine)).Only("TOA40", "TOA403").Next.Should()
            .Contain("in the network namespace of the server").And.NotContain("as root");
    }

    [Theory]
    [InlineData("other: 1 2\n", "other: 1 3\n", "The counters have no row syn_recv_sock_toa.", "another vendor's provider or to an older version")]
    [InlineData(null, Quiet, "The counters could not be read when toa doctor began: it is not known whether they rose.", "Run toa doctor again")]
    public async Task Counters_that_are_missing_do_not_stand_still(string? before, string after, string seen, string cure)
    {
        if (before is null)
            System.IO.File.Delete(_machine.PathOf("proc/net/toa_stats"));
        else
            _machine.Write("proc/net/toa_stats", before);
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, Client)));
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", after);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA40", "TOA403").Seen.Should().Be(seen);
        found["TOA403"].Next.Should().Contain(cure).And.NotContain("network namespace");
        found.Ids.Should().NotContain("TOA704");
    }

    [Theory]
    [InlineData(true, "the kernel is locked down")]
    [InlineData(false, "Run toa as root.")]
    public async Task Counters_that_may_not_be_read_are_told_of(bool isPrivileged, string cure)
    {
        _machine.IsPrivileged = isPrivileged;
        _machine.WriteUnreadable("proc/net/toa_stats");

        (string Seen, string Next) found = (await Diagnosis.OfAsync(_machine)).Only("TOA40", "TOA403");

        found.Seen.Should().Contain("is not allowed to read");
        found.Next.Should().Contain(cure).And.NotContain("network namespace");
    }

    [Theory]
    [InlineData("option_malformed", "TOA410")]
    [InlineData("option_wrong_length", "TOA411")]
    [InlineData("address_unusable", "TOA412")]
    [InlineData("untrusted", "TOA413")]
    [InlineData("no_memory", "TOA414")]
    [InlineData("option_duplicate", "TOA415")]
    [InlineData("mptcp_unanswered", "TOA416")]
    [InlineData("getname_toa_mismatch", "TOA417")]
    public async Task Each_counter_of_trouble_has_its_advice(string counter, string id)
    {
        _machine.Write("proc/net/toa_stats", $"syn_recv_sock_toa: 0 0\n{counter}: 1 2\n");
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", $"syn_recv_sock_toa: 0 0\n{counter}: 2 2\n");

        (string seen, string next) = (await Diagnosis.OfAsync(_machine)).Only("TOA41", id);

        seen.Should().Be($"{counter} is 4. It rose by 1 while toa doctor ran.");
        next.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Services_are_named_with_their_processes()
    {
        _machine.Listen("0.0.0.0:7000 101", "[::]:7001 102", "127.0.0.1:5432 103", "[2001:db8::2]:8080 104");
        _machine.Process(40, "web", "101", "102").Process(41, "postgres", "103").Program("ss -Hltne", "");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA600"].Seen.Should().Be("0.0.0.0:7000 (web), [::]:7001 (web).");
        found["TOA604"].Seen.Should().Be("on loopback only: 127.0.0.1:5432 (postgres); without IPv4: [2001:db8::2]:8080.");
        found.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("0.0.0.0:7000", "TOA600")]
    [InlineData("192.0.2.1:7000", "TOA600")]
    [InlineData("[::ffff:192.0.2.1]:7000", "TOA600")]
    [InlineData("[::]:7000", "TOA600")]
    [InlineData("[::1]:7000", "TOA602")]
    [InlineData("127.0.0.2:7000", "TOA602")]
    [InlineData("[::ffff:127.0.0.1]:7000", "TOA602")]
    [InlineData("[2001:db8::2]:7000", "TOA603")]
    [InlineData("0.0.0.0:7001", "TOA601")]
    public async Task The_service_that_matters_must_be_reachable(string end, string id)
    {
        _machine.Listen(end + " 101");
        _machine.Program("ss -Hltne", "LISTEN 0 128 *:7000 *:* ino:101 sk:1 cgroup:/ v6only:0 <->\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine, "--port", "7000");

        found.Only("TOA60", id);
        found.ExitCode.Should().Be(id == "TOA600" ? 0 : 1);
    }

    [Fact]
    public async Task A_socket_for_IPv6_only_is_recognised_by_what_ss_says()
    {
        _machine.Listen("[::]:7000 101", "[::]:7001 102");
        _machine.Program(
            "ss -Hltne",
            "LISTEN 0 128 [::]:7000 [::]:* ino:101 sk:1 cgroup:/ v6only:1 <->\nLISTEN 0 128 *:7001 *:* ino:102 sk:2 cgroup:/ v6only:0 <->\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine, "--port", "7000", "--port", "7001");

        found["TOA600"].Seen.Should().Be("[::]:7001.");
        found["TOA603"].Seen.Should().Be("[::]:7000.");
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0, "LISTEN 0 128 *:7000 *:* ino:101 sk:1\n")]
    [InlineData(1, "")]
    public async Task An_ss_that_does_not_show_IPv6_only_sockets_is_no_proof_that_there_are_none(int exitCode, string output)
    {
        _machine.Listen("[::]:7000 101");
        _machine.Program("ss -Hltne", output, exitCode);

        (await Diagnosis.OfAsync(_machine))["TOA606"].Seen.Should().Be("[::]:7000. /proc/net/tcp6 does not show IPV6_V6ONLY, and ss does not show it either.");
    }

    [Fact]
    public async Task A_missing_list_of_sockets_is_no_proof_that_nobody_listens()
    {
        System.IO.File.Delete(_machine.PathOf("proc/net/tcp"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Seen.Should().Be($"listening services: {_machine.Root}/proc/net/tcp is missing.");
        found.Ids.Should().NotContain(id => id.StartsWith("TOA60"));
    }

    [Fact]
    public async Task Without_ss_it_is_said_that_this_cannot_be_told()
    {
        _machine.Listen("[::]:7000 101");

        (await Diagnosis.OfAsync(_machine)).Ids.Should().Contain(["TOA600", "TOA606"]);
    }

    [Fact]
    public async Task Connections_are_no_listeners_and_nonsense_is_nothing()
    {
        _machine.Write("proc/net/tcp", $"header\n 0: {FakeMachine.Hex(IPEndPoint.Parse("192.0.2.1:7000"))} 00000000:0000 01 a b c d e 101 \n 1: nonsense x 0A a b c d e 5\n\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA60", "TOA605").Seen.Should().Be("No TCP socket listens.");
    }

    [Fact]
    public async Task Without_a_reachable_service_the_others_are_named()
    {
        _machine.Listen("127.0.0.1:5432 103");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA604"].Seen.Should().Be("on loopback only: 127.0.0.1:5432.");
        found["TOA605"].Seen.Should().Be("No other TCP socket listens.");
    }

    [Fact]
    public async Task Lists_of_sockets_that_may_not_be_read_are_a_finding_of_their_own()
    {
        _machine.WriteUnreadable("proc/net/tcp");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Seen.Should().StartWith("listening services: ");
        found.Ids.Should().Contain("TOA701");
    }

    [Fact]
    public async Task Options_that_arrive_are_told_of_with_their_clients()
    {
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, Client)));
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", Quiet.Replace("3 4", "4 4"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA7", "TOA700").Seen.Should().Be("kind 200, length 8, format ipv4 (tencent, tencent-vpc, china-mobile, ucloud), client 192.0.2.10:5555, from 198.51.100.7:1024 to 192.0.2.1:7000 on ack.");
        JsonElement capture = found.Json.GetProperty("capture");
        capture.GetProperty("connections").GetInt32().Should().Be(1);
        JsonElement option = capture.GetProperty("options").EnumerateArray().Should().ContainSingle().Subject;
        option.GetProperty("kind").GetInt32().Should().Be(200);
        option.GetProperty("readings")[0].GetProperty("client").GetString().Should().Be(Client);
        option.GetProperty("balancer").GetString().Should().Be("198.51.100.7:1024");
        option.GetProperty("places")[0].GetString().Should().Be("ack");
    }

    [Fact]
    public async Task Options_that_the_provider_does_not_count_are_an_error()
    {
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, Client)));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA704"].Next.Should().Contain("If the packets are forwarded to a container");
        found.ExitCode.Should().Be(1);
    }

    [Theory]
    [InlineData("untrusted: 0 0", "untrusted: 1 0")]
    [InlineData("address_unusable: 0 0", "address_unusable: 1 0")]
    public async Task Options_that_the_provider_refuses_have_arrived_at_it(string before, string after)
    {
        _machine.Write("proc/net/toa_stats", $"syn_recv_sock_toa: 0 0\n{before}\n");
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, Client)));
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", $"syn_recv_sock_toa: 0 0\n{after}\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA700");
    }

    [Fact]
    public async Task Connections_from_before_the_capture_are_not_missed_by_the_provider()
    {
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, Client), data: "more"));

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA700");
    }

    [Fact]
    public async Task Options_on_the_SYN_only_need_the_module_s_setting()
    {
        _machine.Packets.Add(TcpPackets.Syn(TcpPackets.Option(200, Client)));

        (await Diagnosis.OfAsync(_machine))["TOA710"].Next.Should().Contain("parameters/syn");
    }

    [Fact]
    public async Task A_kind_that_the_module_does_not_read_is_told_of_with_the_command_that_adds_it()
    {
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(254, Client)));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(254, "[2001:db8::1]:1")));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA705"].Next.Should().Be(
            "Set the provider to read these options: echo tencent,dpvs > /sys/module/toa/parameters/formats (or instead of dpvs: huawei). "
            + "Remove tencent if it is not your balancer's.");
        found.Ids.Should().NotContain("TOA704");
    }

    [Fact]
    public async Task Another_vendor_s_layout_is_told_of_with_its_length()
    {
        _machine.Packets.Add(TcpPackets.Build([200, 6, 192, 0, 2, 10]));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA7", "TOA703").Seen.Should().StartWith("kind 200, length 6, bytes c806c000020a, unknown format, from 198.51.100.7:1024");
        found.Json.GetProperty("capture").GetProperty("options")[0].GetProperty("readings").GetArrayLength().Should().Be(0);
    }

    [Theory]
    [InlineData(28, Client, "kind 28, length 8, bytes 1c0815b3c000020a, would read as format ipv4, client 192.0.2.10:5555", "echo tencent,28/8 > /sys/module/toa/parameters/formats")]
    [InlineData(251, Client, "kind 251, length 8, bytes fb0815b3c000020a, would read as format ipv4, client 192.0.2.10:5555", "echo tencent,251/8 > /sys/module/toa/parameters/formats")]
    [InlineData(99, "[2001:db8::1]:1", "kind 99, length 20, bytes 6314000120010db8000000000000000000000001, would read as format ipv6, client [2001:db8::1]:1", "echo tencent,99/20 > /sys/module/toa/parameters/formats")]
    public async Task A_kind_of_another_vendor_is_shown_with_its_bytes_and_the_setting_that_reads_it(int kind, string client, string seen, string command)
    {
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option((byte)kind, client)));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Ids.Where(id => id.StartsWith("TOA7")).Should().Equal("TOA711", "TOA702");
        found["TOA711"].Seen.Should().Be($"{seen}, from 198.51.100.7:1024 to 192.0.2.1:7000 on ack.");
        found["TOA711"].Next.Should().Contain($": {command}. ");
        found.Json.GetProperty("capture").GetProperty("options")[0].GetProperty("bytes").GetString().Should().Be(seen.Split(' ')[5].TrimEnd(','));
    }

    [Fact]
    public async Task Kinds_are_named_one_by_one_and_the_most_frequent_first()
    {
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(28, Client)));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(251, Client)));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(251, Client), data: "x"));

        (string seen, string next) = (await Diagnosis.OfAsync(_machine))["TOA711"];

        seen.Should().StartWith("kind 251, ").And.Contain("; kind 28, ");
        next.Should().Contain(
            "kind 251, length 8, packets 2: echo tencent,251/8 > /sys/module/toa/parameters/formats; "
            + "kind 28, length 8, packets 1: echo tencent,28/8 > /sys/module/toa/parameters/formats. ");
        next.Should().NotContain("251/8,28").And.NotContain("28/8,251");
    }

    [Theory]
    [InlineData(new byte[] { 99, 6, 1, 2, 3, 4 }, "TOA703")]
    [InlineData(new byte[] { 200, 6, 192, 0, 2, 10 }, "TOA703")]
    [InlineData(new byte[] { 99, 8, 0x15, 0xb3, 192, 0, 2, 10 }, "TOA711")]
    public async Task Another_option_does_not_hide_that_connections_come_without_a_TOA_option(byte[] option, string other)
    {
        _machine.Packets.Add(TcpPackets.Syn(option));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Ids.Where(id => id.StartsWith("TOA7")).Should().Equal(other, "TOA702");
        found["TOA702"].Seen.Should().Be(
            $"In 5 s: 1 TCP segments, 1 of them SYNs, and no known TOA option with a client. For other options, see {other}.");
    }

    [Theory]
    [InlineData(99, 101, 100)]
    [InlineData(200, 1001, 1000)]
    public async Task A_list_of_options_that_is_full_is_an_incomplete_capture(byte kind, int options, int listed)
    {
        for (int port = 1; port <= options; port++)
            _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(kind, $"192.0.2.10:{port}"), data: "x"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA708"].Seen.Should().Contain($"({listed} entries)");
        found.Json.GetProperty("capture").GetProperty("options").GetArrayLength().Should().Be(listed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kind_that_the_provider_reads_has_the_room_of_TOA_options(bool isEbpf)
    {
        using FakeMachine machine = isEbpf
            ? new FakeMachine().Program("toa-bpf status", "loaded=Y\ntrusted=10.0.0.0/8\nformats=tencent,99/8\n").WithEbpf()
            : new FakeMachine().WithModule().Write("sys/module/toa/parameters/formats", "tencent,99/8\n");
        for (int port = 1; port <= 150; port++)
            machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(99, $"192.0.2.10:{port}"), data: "x"));

        Diagnosis found = await Diagnosis.OfAsync(machine);

        found.Only("TOA7", "TOA700");
        found.Json.GetProperty("capture").GetProperty("options").GetArrayLength().Should().Be(150);
    }

    [Fact]
    public async Task Without_a_provider_the_setting_is_named_all_the_same()
    {
        using FakeMachine machine = new();
        machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(251, Client)));

        (await Diagnosis.OfAsync(machine)).Only("TOA7", "TOA711").Next.Should().Contain("formats=tencent,251/8 in this project's provider.");
    }

    [Fact]
    public async Task A_kind_that_the_provider_is_set_to_read_is_a_TOA_option()
    {
        _machine.Write("sys/module/toa/parameters/formats", "tencent,251/8\n");
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(251, Client), data: "x"));

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA700");
    }

    [Fact]
    public async Task Broken_lists_of_options_are_told_of()
    {
        _machine.Packets.Add(TcpPackets.Build([200, 0, 0, 0]));

        (await Diagnosis.OfAsync(_machine))["TOA709"].Seen.Should().StartWith("1 segments");
    }

    [Fact]
    public async Task Connections_without_options_are_a_warning_and_silence_is_none()
    {
        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA701");
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        (await Diagnosis.OfAsync(_machine, "--interface", "eth0")).Only("TOA7", "TOA702").Seen.Should().StartWith("In 5 s on eth0: 1 TCP segments");
        (await Diagnosis.OfAsync(_machine, "--port", "7001")).Only("TOA7", "TOA701");
    }

    [Fact]
    public async Task More_options_than_one_wants_to_read_are_counted()
    {
        for (int port = 1; port <= 8; port++)
            _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, $"192.0.2.10:{port}"), data: "x"));

        (await Diagnosis.OfAsync(_machine))["TOA700"].Seen.Should().EndWith("; and 3 more.");
    }

    [Fact]
    public async Task A_capture_without_the_privilege_names_it()
    {
        _machine.CaptureProblem = new CannotLookException($"Cannot open a packet socket: Operation not permitted.", $"This requires CAP_NET_RAW.");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA7", "TOA706").Next.Should().Be("This requires CAP_NET_RAW.");
        found.Json.GetProperty("capture").ValueKind.Should().Be(JsonValueKind.Null);
        found["TOA401"].Seen.Should().StartWith("In 1 s, ");
    }

    [Fact]
    public async Task No_capture_is_made_where_nobody_wants_one()
    {
        _machine.CaptureProblem = new CannotLookException($"Not asked for.", $"");

        (await Diagnosis.OfAsync(_machine, "--seconds", "0")).Only("TOA7", "TOA707");
    }

    [Fact]
    public async Task Ctrl_C_ends_the_capture_and_tells_what_was_found()
    {
        using CancellationTokenSource stop = new();
        _machine.Clock = TimeProvider.System;
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(200, Client), data: "x"));
        _machine.AfterPackets = stop.Cancel;

        Run run = await Run.ToaAsync(_machine, "", stop.Token, "doctor", "--json", "--seconds", "3600");

        new Diagnosis(run).Ids.Should().Contain("TOA700");
        run.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task An_interface_that_is_not_there_is_named()
    {
        Run run = await Run.ToaAsync(new ThisMachine(), "doctor", "--interface", "nosuch0");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be("toa: interface 'nosuch0' does not exist. ip link shows the interfaces of this machine.\n");
    }

    [Fact]
    public async Task The_text_has_the_worst_at_its_end()
    {
        Run run = await Run.ToaAsync(_machine.Write("proc/sys/kernel/ftrace_enabled", "0\n"), "doctor");

        run.ExitCode.Should().Be(1);
        run.Lines[^5].Should().Be("error   TOA301  The module's hooks are disabled");
        run.Lines[^2].Should().Be("        docs/operate/doctor.md#toa301");
        run.Lines[^1].Should().Be("Errors: 1, warnings: 1.");
        run.Lines.Should().Contain("ok      TOA110  A provider of this project reads TOA options");
    }
}
