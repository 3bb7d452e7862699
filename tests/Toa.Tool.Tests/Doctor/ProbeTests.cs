using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
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
