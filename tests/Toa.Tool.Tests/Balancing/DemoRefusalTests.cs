using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Balancing;

/// <summary><c>toa lb demo</c> on machines where it is not possible.</summary>
public sealed class DemoRefusalTests
{
    [Theory]
    [InlineData("0000000000000000", ", which requires CAP_NET_ADMIN, CAP_SYS_ADMIN:")]
    [InlineData("000001ffffffefff", ", which requires CAP_NET_ADMIN:")]
    [InlineData("000001ffffdfffff", ", which requires CAP_SYS_ADMIN:")]
    public async Task A_missing_privilege_is_named(string capabilities, string complaint)
    {
        using FakeMachine machine = new FakeMachine()
            .Write("proc/self/status", $"Name:\ttoa\nCapEff:\t{capabilities}\nCapBnd:\t000001ffffffffff\n");

        ShouldRefuse(await DemoAsync(machine), complaint, "run sudo toa lb demo. In a container, use --privileged.");
        machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_missing_device_is_named()
    {
        using FakeMachine machine = new();

        ShouldRefuse(await DemoAsync(machine), "/dev/net/tun does not exist: load the tun module (modprobe tun)");
    }

    [Fact]
    public async Task A_missing_program_is_named()
    {
        using FakeMachine machine = Machine();

        ShouldRefuse(await DemoAsync(machine), "the demo requires ip, which is missing: apt-get install iproute2");
    }

    [Fact]
    public async Task What_fails_half_way_is_told_and_what_stood_is_taken_away()
    {
        using FakeMachine machine = Machine().Program("ip netns delete").Program("ip netns add")
            .Program("ip link add", exitCode: 2, error: "RTNETLINK answers: Operation not supported\n");
        // The file that the real ip command would have created.
        machine.Write("run/netns/toa-demo-client", "");

        ShouldRefuse(await DemoAsync(machine), "'ip link add c0 ", "failed: RTNETLINK answers: Operation not supported. The demo requires root");
        machine.Calls.Should().EndWith("ip netns delete toa-demo-client");
    }

    [Fact]
    public async Task What_a_killed_demo_left_is_taken_away_first()
    {
        using FakeMachine machine = Machine().Write("run/netns/toa-demo-server", "").Write("run/netns/others", "")
            .Program("ip netns delete").Program("ip netns add", exitCode: 1, error: "no");

        await DemoAsync(machine);

        machine.Calls.Take(2).Should().Equal("ip netns delete toa-demo-server", "ip netns add toa-demo-client");
        machine.Calls.Should().NotContain(call => call.Contains("others"));
    }

    [Theory]
    [InlineData(false, "254/8")]
    [InlineData(true, "254/20")]
    [MemberData(nameof(Vendors))]
    public async Task Formats_for_one_family_only_are_refused_before_anything_is_set_up(bool hasIPv6, string format)
    {
        using FakeMachine machine = new();

        Run alone = await Run.ToaAsync(machine, "lb", "demo", "--format", format);
        Run withSecond = await Run.ToaAsync(machine, "lb", "demo", "--format", format, "--format", "tencent");

        // A valid command line is refused because of the missing device, after the formats.
        alone.ExitCode.Should().Be(hasIPv6 ? 1 : 2);
        alone.Error.Should().StartWith(hasIPv6
            ? "toa: /dev/net/tun does not exist"
            : $"toa: {format} cannot hold the IPv6 clients of [2001:db8:100::1]:80: add a second --format for IPv6, for example --format tencent.");
        withSecond.Error.Should().StartWith("toa: /dev/net/tun does not exist");
        machine.Calls.Should().BeEmpty();
    }

    public static TheoryData<bool, string> Vendors => new()
    {
        { true, "tencent" }, { false, "tencent-vpc" }, { false, "alibaba-vpc" }, { true, "alibaba-ddos" }, { true, "alibaba-cdn" },
        { true, "akamai" }, { true, "netscaler" }, { false, "baidu" }, { false, "bytedance" }, { false, "china-mobile" }, { true, "dpvs" },
        { true, "huawei" }, { false, "ucloud" },
    };

    private static Task<Run> DemoAsync(FakeMachine machine) => Run.ToaAsync(machine, "lb", "demo");

    private static FakeMachine Machine() => new FakeMachine().Write("dev/net/tun", "").Write("run/netns/.keep", "");

    private static void ShouldRefuse(Run run, params string[] words)
    {
        run.ExitCode.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.ContainAll(words);
        run.Error.Count(character => character == '\n').Should().Be(1);
    }
}
