using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;
using FluentAssertions;
using Toa.Internal;
using Toa.LoadBalancing;
using Toa.Tool.Formats;
using Toa.Tool.Machines;
using Toa.Tool.Probing;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary><c>toa doctor --probe</c>, and what its exit code and its report are for CI systems.</summary>
public sealed class ProbeTests : IDisposable
{
    private static readonly ProbeResult Real = new(
        "tencent", "203.0.113.7:40000", "IPv4", "10.64.0.1:1024", "203.0.113.7:40000", "203.0.113.7:40000", null, 200,
        "203.0.113.7:40000", IsReal: true);

    private static readonly ProbeResult Wrong = Real with
    {
        Server = "dual-mode", Accept = "[::ffff:10.64.0.1]:1024", PeerName = "[::ffff:10.64.0.2]:1024", InfoKind = null,
        Seen = "10.64.0.1:1024", IsReal = false,
    };

    private readonly FakeMachine _machine = new();

    [Fact]
    public async Task Without_it_there_are_no_test_connections()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine, "--seconds", "0");

        _machine.ProbePlan.Should().BeNull();
        found.Json.GetProperty("probe").ValueKind.Should().Be(JsonValueKind.Null);
        found.Ids.Should().NotContain(id => id.StartsWith("TOA72"));
    }

    [Fact]
    public async Task Each_format_that_works_is_named_with_its_servers()
    {
        _machine.Probe = [Real, Real with { Server = "IPv6" }, Real with { Format = "dpvs" }];
        Diagnosis found = await Diagnosis.OfAsync(_machine, "--seconds", "0", "--probe");

        found.All("TOA720").Select(one => one.Seen).Should().Equal(
            "tencent: 2 connections, with servers on IPv4, IPv6 sockets.", "dpvs: 1 connections, with servers on IPv4 sockets.");
        JsonElement first = found.Json.GetProperty("probe")[0];
        first.GetProperty("peerName").GetString().Should().Be("203.0.113.7:40000");
        first.GetProperty("infoKind").GetInt32().Should().Be(200);
    }

    [Fact]
    public async Task A_wrong_one_is_an_error_with_all_answers_of_the_kernel()
    {
        _machine.Probe = [Real, Wrong, Wrong];
        Diagnosis found = await Diagnosis.OfAsync(_machine, "--seconds", "0", "--probe");

        found.Only("TOA72", "TOA721").Seen.Should().Be(
            "tencent: 2 of 3 connections. Client 203.0.113.7:40000, dual-mode server: the library finds 10.64.0.1:1024; accept says "
            + "[::ffff:10.64.0.1]:1024, getpeername [::ffff:10.64.0.2]:1024, getsockopt 4096 -, 4097 kind -.");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task If_it_is_not_possible_the_doctor_says_so_and_goes_on()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine, "--seconds", "0", "--probe");

        found.All("TOA001").Should().Contain(("test connections: No namespaces.", "Run it as root."));
        found.Ids.Should().Contain("TOA100");
    }

    [Fact]
    public async Task If_the_settings_are_not_known_there_are_no_test_connections_that_the_provider_may_rightly_refuse()
    {
        _machine.Answers = new ProviderAnswers(Lookup: true, Info: true);
        _machine.Probe = [Wrong];
        Diagnosis found = await Diagnosis.OfAsync(_machine, "--seconds", "0", "--probe");

        found.All("TOA001").Select(one => one.Seen).Should().Contain(
            "test connections: The settings of the provider are not known, and so not what it accepts.");
        found.Ids.Should().NotContain("TOA721");
    }

    [Theory]
    [InlineData(null, "10.64.0.0/28", "fd00:64::/124")]
    [InlineData("", "10.64.0.0/28", "fd00:64::/124")]
    [InlineData("any", "10.64.0.0/28", "fd00:64::/124")]
    [InlineData("10.0.0.16/28", "10.0.0.16/28", null)]
    [InlineData("10.0.0.7", "10.0.0.7/32", null)]
    [InlineData("10.0.0.0/8, fd00::/8", "10.0.0.0/28", "fd00::/124")]
    [InlineData("0.0.0.0/0,::/0", "1.0.0.0/28", "0:0:0:1::/124")]
    [InlineData("192.0.2.0/24", null, null)]
    [InlineData("192.0.2.0/23", "192.0.3.0/28", null)]
    [InlineData("198.51.100.0/24,203.0.112.0/23,2001:db8:1::/64", "203.0.112.0/28", null)]
    [InlineData("127.0.0.1,224.0.0.0/4,fe80::/10,::1", null, null)]
    [InlineData("255.255.255.255/32,nonsense", null, null)]
    public void The_balancer_has_an_address_that_the_provider_trusts(string? trusted, string? ipv4, string? ipv6)
    {
        ProbePlan plan = ProbePlan.For(null, trusted);

        plan.IPv4Source?.ToString().Should().Be(ipv4);
        (plan.IPv4Source is null).Should().Be(ipv4 is null);
        plan.IPv6Source?.ToString().Should().Be(ipv6);
        (plan.IPv6Source is null).Should().Be(ipv6 is null);
    }

    [Fact]
    public void All_formats_of_the_setting_are_tested()
    {
        FormatSetting.TryParse("huawei,200/8,alibaba-vpc", out FormatSetting? setting, out _).Should().BeTrue();

        ProbePlan.For(setting, "any").Formats.Select(format => format.ToString()).Should().Equal("huawei", "200/8", "alibaba-vpc");
        ProbePlan.For(null, "any").Formats.Select(format => format.ToString()).Should().Equal("tencent");
    }

    [Theory]
    [InlineData("tencent", true, true)]
    [InlineData("baidu", true, false)]
    [InlineData("254/8", true, false)]
    [InlineData("254/20", false, true)]
    public void A_format_is_tested_with_the_clients_that_providers_read_in_it(string format, bool ipv4, bool ipv6)
    {
        ToaOptionFormat tested = ToaOptionFormat.Parse(format);

        ProbePlan.IsFor(tested, AddressFamily.InterNetwork).Should().Be(ipv4);
        ProbePlan.IsFor(tested, AddressFamily.InterNetworkV6).Should().Be(ipv6);
    }

    [Theory]
    [InlineData("10.0.0.16/28", "IPv6")]
    [InlineData("fd00::/64", "IPv4")]
    public async Task A_family_without_trusted_networks_is_named(string trusted, string family)
    {
        _machine.WithModule(trusted);
        _machine.Probe = [Real];
        Diagnosis found = await Diagnosis.OfAsync(_machine, "--seconds", "0", "--probe");

        found["TOA722"].Seen.Should().Be($"No {family} network is in trusted=.");
    }

    [SkippableFact]
    public async Task A_real_probe_asks_the_kernel_and_leaves_nothing()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess && File.Exists("/dev/net/tun"), "This needs root and /dev/net/tun.");
        IReadOnlyList<ProbeResult> results;
        try
        {
            results = await new ThisMachine().ProbeAsync(ProbePlan.For(null, "any"), CancellationToken.None);
        }
        catch (CannotLookException e)
        {
            throw new SkipException(e.Message);
        }

        results.Select(result => (IsIPv6(result.Client), result.Server)).Should().Equal(
            (false, "IPv4"), (false, "dual-mode"), (false, "IPv6"), (true, "IPv4"), (true, "dual-mode"), (true, "IPv6"));
        results.Should().OnlyContain(result => result.IsReal == (result.Seen == result.Client));
        NetworkInterface.GetAllNetworkInterfaces().Should().NotContain(one => one.Name == "toa-probe");

        static bool IsIPv6(string address) => address.StartsWith('[');
    }

    [SkippableFact]
    public async Task A_real_probe_of_a_program_asks_at_the_sockets_that_it_accepted_and_leaves_nothing()
    {
        Run run = await ToolProcess.AloneAsync(
            "$TOA listen [::]:7000 >/dev/null & pid=$!; until grep -q ':1B58 ' /proc/net/tcp6; do sleep 0.1; done; "
            + "$TOA doctor --seconds 0 --probe '[::]:7000' --json; ls /sys/class/net | grep toa-probe; kill $pid; wait $pid");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement probe = document.RootElement.GetProperty("probe");
        Skip.If(
            probe.ValueKind == JsonValueKind.Null,
            string.Join(' ', document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("seen").GetString())));
        JsonElement[] results = [.. probe.EnumerateArray()];
        results.Select(result => Start(result, "client") + Start(result, "peerName")).Should().Equal(
            "203.0.113.207[::ffff:192.0.2.222]", "[2001:db8:1::cf][::ffff:192.0.2.222]", "203.0.113.207[2001:db8:3::e]", "[2001:db8:1::cf][2001:db8:3::e]");
        results.Should().OnlyContain(result => result.GetProperty("server").GetString()!.StartsWith("[::]:7000 ("));
        results.Should().OnlyContain(result => result.GetProperty("accept").ValueKind == JsonValueKind.Null);

        // Without the port.
        static string Start(JsonElement result, string name) => result.GetProperty(name).GetString() is { } text ? text[..text.LastIndexOf(':')] : "";
    }

    [SkippableTheory]
    [InlineData("127.0.0.1:7000", "A balancer cannot reach 127.0.0.1:7000.", "Name an address of this machine, or 0.0.0.0 for all.")]
    [InlineData("198.18.0.9:7000", "198.18.0.9 is not an address of this machine.", "Name one of its addresses, or 0.0.0.0 for all.")]
    [InlineData("0.0.0.0:7000", "No program listens on 0.0.0.0:7000.", "Start it first. ss -ltn shows the listeners.")]
    public async Task A_program_that_cannot_be_reached_is_named_with_the_cure(string end, string problem, string cure)
    {
        Run run = await ToolProcess.AloneAsync($"$TOA doctor --seconds 0 --probe {end} --json");

        using JsonDocument document = JsonDocument.Parse(run.Output);
        document.RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => (finding.GetProperty("seen").GetString(), finding.GetProperty("next").GetString()))
            .Should().Contain(($"test connections: {problem}", cure));
    }

    [Theory]
    [InlineData("10.0.0.0/28", "10.0.0.14", "10.0.0.13/32")]
    [InlineData("10.0.0.16/28", "10.0.0.1", "10.0.0.30/32")]
    [InlineData("10.0.0.0/8", "10.0.0.64 10.0.0.63", "10.0.0.62/32")]
    [InlineData("10.0.0.4/30", "10.0.0.6", "10.0.0.5/32")]
    [InlineData("10.0.0.4/30", "10.0.0.6 10.0.0.5", null)]
    [InlineData("10.0.0.4/31", "", null)]
    [InlineData("10.0.0.4/32", "", null)]
    [InlineData("fd00::10/124", "fd00::1e", "fd00::1d/128")]
    public void A_balancer_for_a_program_has_an_address_that_is_not_in_use(string network, string used, string? expected)
    {
        HashSet<IPAddress> inUse = [.. used.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];

        FreeAddress.In(AddressPrefix.Parse(network), inUse)?.ToString().Should().Be(expected);
    }

    [Fact]
    public void The_addresses_of_the_machine_are_those_that_the_kernel_routes_to_itself()
    {
        string folder = Path.Combine(_machine.Root, "proc/net");
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "fib_trie"),
            "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.1.2.0\n        /24 link UNICAST\nLocal:\n     |-- 10.1.2.3\n        /32 host LOCAL\n"
            + "     |-- 10.1.2.255\n        /32 link BROADCAST\n     |-- 127.0.0.0\n        /8 host LOCAL\n        /32 link BROADCAST\n"
            + "     |-- 127.0.0.1\n        /32 host LOCAL\n");
        File.WriteAllText(Path.Combine(folder, "if_inet6"), "20010db8000200000000000000000002 02 40 00 80     eth0\nnonsense\n");

        LocalAddresses.Of(_machine).Select(address => address.ToString()).Should().BeEquivalentTo("10.1.2.3", "127.0.0.1", "2001:db8:2::2");
    }

    [Fact]
    public async Task The_other_ends_of_sockets_and_the_neighbors_are_in_use()
    {
        string folder = Path.Combine(_machine.Root, "proc/net");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tcp"), "header\n  0: 0500000A:1F90 0700000A:C000 01 0:0 0:0 0 0 0 77\n");
        File.WriteAllText(Path.Combine(folder, "tcp6"), "header\n  0: 0000000000000000FFFF00000500000A:1F90 0000000000000000FFFF00000800000A:C000 01 0:0 0:0 0 0 0 78\n");
        File.WriteAllText(Path.Combine(folder, "udp"), "header\n  0: 0500000A:0035 0600000A:0035 01 0:0 0:0 0 0 0 79\n");
        _machine.Program("ip neighbor", "10.0.0.9 dev eth0 lladdr 52:54:00:12:34:56 REACHABLE\nfe80::9 dev eth0 lladdr 52:54:00:12:34:56 router STALE\n");

        (await FreeAddress.UsedAsync(_machine, [IPAddress.Parse("10.0.0.5")], CancellationToken.None)).Select(address => address.ToString()).Should().BeEquivalentTo(
            "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8", "10.0.0.9", "fe80::9");
    }

    [Theory]
    [InlineData("error", 0)]
    [InlineData("warning", 1)]
    public async Task Warnings_count_if_the_user_says_so(string severity, int exitCode)
    {
        _machine.WithModule("any");
        Run run = await Run.ToaAsync(_machine, "doctor", "--seconds", "0", "--fail-on", severity);

        run.Output.Should().Contain("TOA311").And.Contain("Errors: 0");
        run.ExitCode.Should().Be(exitCode);
    }

    [Fact]
    public async Task A_report_has_each_finding_and_its_failure()
    {
        string file = Path.Combine(_machine.Root, "report.xml");
        _machine.Probe = [Wrong];
        await Run.ToaAsync(_machine, "doctor", "--seconds", "0", "--probe", "--junit", file);

        XElement suite = XDocument.Load(file).Root!;
        XElement failed = suite.Elements("testcase").Single(one => (string?)one.Attribute("classname") == "TOA721");
        failed.Element("failure")!.Attribute("message")!.Value.Should().StartWith("tencent: 1 of 1 connections.");
        suite.Elements("testcase").Single(one => (string?)one.Attribute("classname") == "TOA100").Element("failure").Should().BeNull();
        suite.Attribute("failures")!.Value.Should().Be(suite.Descendants("failure").Count().ToString());
        suite.Attribute("tests")!.Value.Should().Be(suite.Elements("testcase").Count().ToString());
    }

    [Fact]
    public async Task Characters_that_XML_does_not_have_are_replaced()
    {
        string file = Path.Combine(_machine.Root, "report.xml");
        _machine.Probe = [Wrong with { Seen = "a\u0001b" }];
        await Run.ToaAsync(_machine, "doctor", "--seconds", "0", "--probe", "--junit", file);

        XDocument.Load(file).Descendants("failure").Select(failure => (string?)failure.Attribute("message"))
            .Should().Contain(message => message!.Contains("the library finds a?b;"));
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_an_error_of_one_line()
    {
        Run run = await Run.ToaAsync(_machine, "doctor", "--seconds", "0", "--junit", "/proc/none/report.xml");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: the report cannot be written to /proc/none/report.xml: ");
    }

    public void Dispose() => _machine.Dispose();
}
