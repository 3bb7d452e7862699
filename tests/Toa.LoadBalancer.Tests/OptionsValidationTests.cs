using System;
using System.Collections.Generic;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>Invalid settings: the message names the entry, the problem, and a valid value.</summary>
public sealed class OptionsValidationTests
{
    [Fact]
    public void Nothing_at_all() => Refuses(options => options.Listeners.Clear(), "Listeners: the list is empty*");

    [Theory]
    [InlineData(1279)]
    [InlineData(65536)]
    public void An_MTU_that_no_path_has(int mtu) => Refuses(options => options.Mtu = mtu, $"Mtu: *1280*65535*{mtu}.");

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    public void A_number_of_queues_that_no_device_has(int queues) =>
        Refuses(options => options.Queues = queues, $"Queues: *256*{queues}.");

    [Fact]
    public void A_capture_without_a_name() => Refuses(options => options.CaptureFile = "", "CaptureFile: the name is empty*");

    [Fact]
    public void More_queues_than_source_ports() => Refuses(
        options => (options.Queues, options.FirstPort, options.LastPort) = (3, 5000, 5001), "Queues: 3 queues need*only 2.");

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 65536)]
    [InlineData(10, 9)]
    public void Ports_that_are_no_range(int first, int last) => Refuses(
        options => (options.FirstPort, options.LastPort) = (first, last), $"FirstPort, LastPort: {first} to {last}*");

    [Theory]
    [InlineData("::ffff:10.64.0.0/124", "*::ffff:10.64.0.0/124*IPv4-mapped*")]
    [InlineData("10.0.0.0/8", "*too many addresses*4096*")]
    [InlineData("fd00:64::/64", "*too many addresses*4096*")]
    [InlineData("8000::/1", "*too many addresses*4096*")]
    [InlineData("224.0.0.1/32", "*224.0.0.1/32*")]
    [InlineData("198.51.100.0/24", "Listeners[0].VirtualAddress: 198.51.100.1*198.51.100.0/24*")]
    public void Source_addresses(string prefix, string message) =>
        Refuses(options => options.SourceAddresses.Add(AddressPrefix.Parse(prefix)), message);

    [Fact]
    public void No_source_address() => Refuses(options => options.SourceAddresses.Clear(), "SourceAddresses*10.64.0.1/32*");

    [Theory]
    [InlineData("192.0.2.1:0", "*no port*")]
    [InlineData("0.0.0.0:80", "*0.0.0.0*")]
    [InlineData("127.0.0.1:80", "*127.0.0.1*")]
    [InlineData("[::ffff:192.0.2.1]:80", "*Use 192.0.2.1*")]
    [InlineData("[ff02::1]:80", "*ff02::1*")]
    public void Virtual_addresses(string address, string message) => Refuses(
        options => options.Listeners[1].VirtualAddress = IPEndPoint.Parse(address), $"Listeners[1].VirtualAddress: {message}");

    [Fact]
    public void The_same_virtual_address_twice() => Refuses(
        options => options.Listeners[1].VirtualAddress = TestCore.VirtualIPv4, "Listeners[1]*198.51.100.1:80*another*");

    [Fact]
    public void No_back_end() => Refuses(options => options.Listeners[1].BackEnds.Clear(), "Listeners[1].BackEnds*no back ends*");

    [Fact]
    public void A_back_end_that_no_source_address_can_reach() => Refuses(
        options => options.Listeners[1].BackEnds[0].Address = TestCore.ServerIPv6,
        "Listeners[1].BackEnds[0].Address*[fd00:10::2]:8080*no source address*fd00:64::1/128*");

    [Theory]
    [InlineData("10.64.0.1:80")]
    [InlineData("198.51.100.1:8080")]
    public void A_back_end_that_is_the_balancer_itself(string address) => Refuses(
        options => options.Listeners[1].BackEnds[0].Address = IPEndPoint.Parse(address),
        "Listeners[1].BackEnds[0].Address: *an address of the balancer*");

    [Fact]
    public void A_weight_that_is_none() => Refuses(
        options => options.Listeners[0].BackEnds[0].Weight = -1, "Listeners[0].BackEnds[0].Weight: *-1.");

    [Theory]
    [InlineData(8, 20, "*8/20*belongs to TCP*")]
    [InlineData(172, 20, "*172/20*belongs to TCP*")]
    [InlineData(253, 19, "*253/19*20 to 40*")]
    [InlineData(253, 41, "*253/41*20 to 40*")]
    public void Options_that_cannot_name_a_client(byte kind, byte length, string message) => Refuses(
        options => options.Listeners[1].Format = new ToaOptionFormat(kind, length), $"Listeners[1].Format: {message}");

    [Theory]
    [InlineData("tencent-vpc")]
    [InlineData("alibaba-vpc")]
    [InlineData("baidu")]
    [InlineData("bytedance")]
    [InlineData("china-mobile")]
    [InlineData("ucloud")]
    public void Formats_without_room_for_an_IPv6_address(string format) => Refuses(
        options => options.Listeners[1].Format = ToaOptionFormat.Parse(format),
        $"Listeners[1].Format: {format} cannot hold a client of [2001:db8:100::1]:80: it is for IPv4 only. Use one of: "
        + "tencent, alibaba-ddos, alibaba-cdn, akamai, netscaler, dpvs, huawei, KIND/20.");

    [Fact]
    public void No_format() => Refuses(options => options.Listeners[0].Format = null!, "Listeners[0].Format is null.");

    [Fact]
    public void A_network_id_with_more_bits_than_the_format_has() => Refuses(
        options =>
        {
            options.Listeners[1].Format = ToaOptionFormat.AlibabaDdos;
            options.Listeners[1].NetworkId = 1 << 24;
        },
        "Listeners[1].NetworkId: 16777216 does not fit into the 24 bits of alibaba-ddos. Use 0 to 16777215.");

    [Fact]
    public void A_network_id_that_the_format_does_not_use_is_ignored()
    {
        TestCore core = TestCore.With(listener => listener.NetworkId = uint.MaxValue);
        Conversation.Open(core, TestCore.ClientIPv4);
        core.Counters.OptionsInserted.Should().Be(1);
    }

    [Fact]
    public void Enumerations_of_no_meaning()
    {
        Refuses(options => options.Listeners[0].Placement = (OptionPlacement)9, "Listeners[0].Placement: 9*");
        Refuses(options => options.Flows.WhenFull = (FlowTableFullPolicy)9, "Flows.WhenFull: 9*");
    }

    [Fact]
    public void Times_and_numbers_of_flows()
    {
        Refuses(options => options.Flows.MaxFlows = 0, "Flows.MaxFlows: *0.");
        Refuses(options => options.Flows.IdleTimeout = TimeSpan.Zero, "Flows.IdleTimeout*");
        Refuses(options => options.Flows.HandshakeTimeout = TimeSpan.Zero, "Flows.HandshakeTimeout*");
        Refuses(options => options.Flows.ClosingTimeout = TimeSpan.Zero, "Flows.ClosingTimeout*");
        Refuses(options => options.Flows.ClosedTimeout = TimeSpan.Zero, "Flows.ClosedTimeout*");
        Refuses(options => options.Flows.PortRest = TimeSpan.FromSeconds(-1), "Flows.PortRest*negative*");
    }

    [Fact]
    public void Health_checks()
    {
        RefusesCheck(new() { Interval = TimeSpan.Zero }, "Interval");
        RefusesCheck(new() { Timeout = TimeSpan.Zero }, "Timeout");
        RefusesCheck(new() { FailuresToDown = 0 }, "FailuresToDown");
        RefusesCheck(new() { SuccessesToUp = 0 }, "SuccessesToUp");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    [InlineData(double.NaN)]
    public void Shares_that_are_no_percentage(double share)
    {
        RefusesFaults(new() { ToServers = { Drop = share } }, "ToServers.Drop");
        RefusesFaults(new() { ToClients = { Duplicate = share } }, "ToClients.Duplicate");
        RefusesFaults(new() { ToServers = { Reorder = share } }, "ToServers.Reorder");
        RefusesFaults(new() { ForgedBefore = share }, "ForgedBefore");
        RefusesFaults(new() { ForgedAfter = share }, "ForgedAfter");
        RefusesFaults(new() { Truncated = share }, "Truncated");
    }

    [Fact]
    public void A_forged_client_of_the_other_family() => Refuses(
        options => options.Listeners[0].Faults.ForgedClient = TestCore.ClientIPv6, "Listeners[0].Faults.ForgedClient*family*");

    [Theory]
    [InlineData("254/20", 254, 20)]
    [InlineData("200/8", 200, 8)]
    public void A_kind_and_a_length_are_read_as_they_are_written(string text, byte kind, byte length)
    {
        ToaOptionFormat.Parse(text).ToString().Should().Be(text);
        new ToaOptionFormat(kind, length).ToString().Should().Be(text);
    }

    [Fact]
    public void Vendors_are_read_by_their_names()
    {
        Dictionary<string, ToaOptionFormat> vendors = new()
        {
            ["tencent"] = ToaOptionFormat.Tencent,
            ["tencent-vpc"] = ToaOptionFormat.TencentVpc,
            ["alibaba-vpc"] = ToaOptionFormat.AlibabaVpc,
            ["alibaba-ddos"] = ToaOptionFormat.AlibabaDdos,
            ["alibaba-cdn"] = ToaOptionFormat.AlibabaCdn,
            ["akamai"] = ToaOptionFormat.Akamai,
            ["netscaler"] = ToaOptionFormat.NetScaler,
            ["baidu"] = ToaOptionFormat.Baidu,
            ["bytedance"] = ToaOptionFormat.ByteDance,
            ["china-mobile"] = ToaOptionFormat.ChinaMobile,
            ["dpvs"] = ToaOptionFormat.Dpvs,
            ["huawei"] = ToaOptionFormat.Huawei,
            ["ucloud"] = ToaOptionFormat.UCloud,
        };
        foreach ((string name, ToaOptionFormat vendor) in vendors)
        {
            ToaOptionFormat.Parse(name).Should().BeSameAs(vendor);
            vendor.ToString().Should().Be(name);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("254")]
    [InlineData("/20")]
    [InlineData("254/")]
    [InlineData("256/20")]
    [InlineData("254/-1")]
    [InlineData("a/b")]
    [InlineData("Tencent")]
    [InlineData("tencent,baidu")]
    public void A_format_that_is_none_is_refused(string text) =>
        FluentActions.Invoking(() => ToaOptionFormat.Parse(text)).Should()
            .Throw<FormatException>().WithMessage(
                $"Unknown format '{text}'. Use KIND/LENGTH, for example 254/20, or one of: tencent, tencent-vpc, alibaba-vpc, "
                + "alibaba-ddos, alibaba-cdn, akamai, netscaler, baidu, bytedance, china-mobile, dpvs, huawei, ucloud.");

    [Fact]
    public void Faults_of_a_path_that_make_no_sense()
    {
        RefusesFaults(new() { ToServers = { Latency = TimeSpan.FromSeconds(11) } }, "ToServers.Latency*10 s");
        RefusesFaults(new() { ToClients = { Jitter = TimeSpan.FromSeconds(-1) } }, "ToClients.Jitter");
        RefusesFaults(new() { ToServers = { Bandwidth = 7999 } }, "ToServers.Bandwidth*8000");
        RefusesFaults(new() { ToServers = { LargestPacket = 67 } }, "ToServers.LargestPacket*68");
        RefusesFaults(new() { ToClients = { ResetAfter = -1 } }, "ToClients.ResetAfter");
    }

    [Fact]
    public void A_scheduling_that_does_not_exist() => Refuses(
        options => options.Listeners[0].Scheduling = (BackEndScheduling)9, "Listeners[0].Scheduling: 9*");

    private static void RefusesFaults(FaultOptions faults, string entry) =>
        Refuses(options => options.Listeners[0].Faults = faults, $"Listeners[0].Faults.{entry}*");

    private static void RefusesCheck(HealthCheckOptions check, string entry) =>
        Refuses(options => options.Listeners[0].HealthCheck = check, $"Listeners[0].HealthCheck.{entry}*");

    private static void Refuses(Action<LoadBalancerOptions> configure, string message) =>
        FluentActions.Invoking(() => new TestCore(configure)).Should().Throw<ArgumentException>().WithMessage(message);
}
