using System;
using System.CommandLine;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Output;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary>The common behaviour of all commands.</summary>
public sealed class CommandLineTests
{
    private const string Lb = "lb --listen 198.51.100.1:80=10.0.0.2:80";
    private const string LbIPv6 = "lb --listen [2001:db8::1]:80=10.0.0.2:80";

    // 110 bytes.
    private const string LongName = "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

    private const string Vendors =
        "tencent, tencent-vpc, alibaba-vpc, alibaba-ddos, alibaba-cdn, akamai, netscaler, baidu, bytedance, china-mobile, dpvs, "
        + "huawei, ucloud";

    public static TheoryData<string> All
    {
        get
        {
            using FakeMachine machine = new();
            Terminal terminal = new(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false);
            return [.. Paths(ToaCommand.Create(machine, terminal), "")];
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Help_tells_what_it_does_its_options_and_the_exit_codes(string path)
    {
        using FakeMachine machine = new();

        Run run = await Run.ToaAsync(machine, [.. Words(path), "--help"]);

        run.ExitCode.Should().Be(0);
        run.Error.Should().BeEmpty();
        run.Output.Should().Contain($"toa{(path.Length > 0 ? " " : "")}{path}").And.Contain("--json").And.Contain("Exit code:");
        ShouldHaveNoEscapes(run);
    }

    [Theory, MemberData(nameof(All))]
    public async Task An_unknown_word_is_a_wrong_command_line(string path)
    {
        using FakeMachine machine = new() { IsInert = true };
        ShouldNotParse(machine, [.. Words(path), "--nonsense"]);

        Run run = await Run.ToaAsync(machine, [.. Words(path), "--nonsense"]);

        ShouldBeWrong(run, $"See {("toa " + path).Trim()} --help.");
        run.Error.Should().Contain("--nonsense");
    }

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("nonsense", "'nonsense'")]
    [InlineData("stats --watch 0", "'0' is not a number from 1 to 86400.")]
    [InlineData("stats --watch soon", "'soon'")]
    [InlineData("stats --file", "--file")]
    [InlineData("stats --file - --watch", "--watch cannot read standard input again.")]
    [InlineData("table --client 10.0.0.1/8", "'10.0.0.1/8' is not a network: host bits are set. Use 10.0.0.0/8.")]
    [InlineData("table --peer nobody", "'nobody' is not a network: 'nobody' is not an IP address.")]
    [InlineData("table --port 65536", "'65536' is not a number from 1 to 65535.")]
    [InlineData("table --kind 256", "'256' is not a number from 0 to 255.")]
    [InlineData("table --limit -1", "'-1' is not a number from 0")]
    [InlineData("listen 7000", "'7000' is not an address and a port")]
    [InlineData("listen --trusted 10.0.0.0/33", "the prefix length must be 0 to 32.")]
    [InlineData("listen --count 0", "'0' is not a number from 1")]
    [InlineData("doctor --seconds 3601", "'3601' is not a number from 0 to 3600.")]
    [InlineData("doctor --port http", "'http'")]
    [InlineData("provider load --kind x", "Argument 'x' not recognized. Must be one of: 'module' 'ebpf'")]
    [InlineData("provider install --kind x --first-data", "--first-data is an option of the eBPF provider: add --kind ebpf")]
    [InlineData("lb", "--listen: the list is empty. Add a listener with a virtual address and a back end.")]
    [InlineData("lb --listen 80", "'80' is not a listener. Use ADDRESS:PORT=SERVER:PORT")]
    [InlineData("lb --listen 198.51.100.1=10.0.0.2:80", "'198.51.100.1=10.0.0.2:80' is not a listener")]
    [InlineData("lb --listen 198.51.100.1:80=10.0.0.2", "'10.0.0.2' in '198.51.100.1:80=10.0.0.2' is not a server")]
    [InlineData("lb --listen 198.51.100.1:80=10.0.0.2:80*many", "is not a server. Use ADDRESS:PORT or ADDRESS:PORT*WEIGHT")]
    [InlineData(Lb + " --source fd00:64::1", "10.0.0.2:80 cannot be reached, because no source address is of its family. Add one, for example 10.64.0.1/32.")]
    [InlineData("lb --listen 198.51.100.1:80=[2001:db8::1]:80 --source 10.64.0.1", "[2001:db8::1]:80 cannot be reached, because no source address is of its family. Add one, for example fd00:64::1/128.")]
    [InlineData(Lb + " --listen 198.51.100.1:80=10.0.0.3:80", "198.51.100.1:80 belongs to another listener already.")]
    [InlineData(Lb + " --source 10.64.0.0/33", "'10.64.0.0/33' is not an address or network. Use for example 10.64.0.1, 10.64.0.0/28 or fd00:64::/124.")]
    [InlineData(Lb + " --source 198.51.100.0/24", "198.51.100.1 is one of the source addresses")]
    [InlineData(Lb + " --source 2001:db8::/64", "--source: these are too many addresses: the maximum is 4096.")]
    [InlineData(Lb + " --source ::ffff:10.64.0.0/124", "--source: ::ffff:10.64.0.0/124 is an IPv4-mapped IPv6 network. Use the IPv4 network.")]
    [InlineData(Lb + " --source 10.0.0.0/8", "the maximum is 4096. Use a longer prefix.")]
    [InlineData(Lb + " --ports 80", "'80' is not a range of ports. Use 1024-65535.")]
    [InlineData(Lb + " --ports 90-80", "--ports: 90 to 80 is not a range of ports")]
    [InlineData(Lb + " --device a/b", "--device: 'a/b' is not an interface name of at most 15 characters.")]
    [InlineData(Lb + " --queues 257", "--queues: must be 1 to 256, or 0 for the number of CPU cores, but is 257.")]
    [InlineData(Lb + " --queues 3 --ports 5-6", "--queues: 3 queues need as many source ports, but there are only 2.")]
    [InlineData(Lb + " --pcap=", "Required argument missing for option: '--pcap'.")]
    [InlineData(Lb + " --mtu 1279", "--mtu: must be 1280 (the minimum of IPv6) to 65535, but is 1279.")]
    [InlineData(Lb + " --max-flows 0", "--max-flows: must be 1 to 10000000, but is 0.")]
    [InlineData(Lb + " --idle 0", "'0' is not a number from 1")]
    [InlineData(Lb + " --health-check never", "'never' is not a number")]
    [InlineData(Lb + " --placement anywhere", "'anywhere'")]
    [InlineData(Lb + " --format 254", "Unknown format '254'. Use KIND/LENGTH, for example 254/20, or one of: " + Vendors + ".")]
    [InlineData("lb demo --format alibaba", "Unknown format 'alibaba'. Use KIND/LENGTH, for example 254/20, or one of: " + Vendors + ".")]
    [InlineData(Lb + " --format tencent,huawei", "'tencent,huawei' is a list: repeat --format, once for each format.")]
    [InlineData(Lb + " --format 8/8", "'8/8': kind 8 belongs to TCP: use 200, 253 or 254.")]
    [InlineData(Lb + " --format 254/7", "'254/7': the length must be 8 to 40, but is 7.")]
    [InlineData("lb demo --format 254/41", "'254/41': the length must be 8 to 40, but is 41.")]
    [InlineData(LbIPv6 + " --format 253/8", "253/8 cannot hold the IPv6 clients of [2001:db8::1]:80: add a second --format for IPv6, for example --format tencent.")]
    [InlineData(LbIPv6 + " --format baidu --format 254/8", "baidu, 254/8 cannot hold the IPv6 clients of [2001:db8::1]:80")]
    [InlineData("lb demo --format alibaba-ddos --network-id 16777216", "16777216 does not fit into the 24 bits of alibaba-ddos. Use 0 to 16777215.")]
    [InlineData(LbIPv6 + " --format baidu --format alibaba-ddos --network-id 16777216", "--network-id: 16777216 does not fit into the 24 bits of alibaba-ddos. Use 0 to 16777215.")]
    [InlineData(Lb + " --network-id 4294967296", "'4294967296'")]
    [InlineData(Lb + " --network-id -1", "'-1'")]
    [InlineData("provider load --formats tencent --formats amazon", "--formats: 'amazon' is not a format: use tencent, tencent-vpc, alibaba-vpc, ")]
    [InlineData("provider load --formats 254/9", "'254/9' is not a format: use tencent, ")]
    [InlineData("provider load --formats 256/8", "netscaler, baidu, bytedance, china-mobile, dpvs, huawei, ucloud, KIND/8 (IPv4) or KIND/20 (IPv6).")]
    [InlineData("provider load --formats 0254/8", "'0254/8' is not a format")]
    [InlineData("provider load --formats 8/8", "'8/8': kind 8 belongs to TCP: use 200, 253 or 254.")]
    [InlineData("provider load --formats ,", "--formats: the list is empty: use vendors such as tencent, KIND/8 or KIND/20.")]
    [InlineData("provider load --formats 252/20,alibaba-vpc", "'252/20' and 'alibaba-vpc' read kind 252 with length 20 in different ways: set only one of them.")]
    [InlineData("provider load --kind ebpf --formats tencent-vpc,202/8", "'tencent-vpc' and '202/8' read kind 202 with length 8 in different ways")]
    [InlineData("provider install --formats amazon", "'amazon' is not a format")]
    [InlineData("provider install --kind ebpf --formats amazon", "'amazon' is not a format")]
    [InlineData(Lb + " --fault lose=5", "Unknown fault 'lose'. Valid faults: drop, duplicate, reorder, latency, jitter, bandwidth, mtu, reset-after, stall, forged-before, forged-after, truncated.")]
    [InlineData(Lb + " --fault drop", "'drop' has no valid value. Use for example drop=5.")]
    [InlineData(Lb + " --fault to-servers:latency=50", "'to-servers:latency=50' has no valid value. Use for example to-servers:latency=50ms.")]
    [InlineData(Lb + " --fault latency=11s", "'latency=11s' has no valid value. Use for example latency=50ms.")]
    [InlineData(Lb + " --fault bandwidth=1kbit", "must be 8000 to 100000000000 bits a second, or 0 for no limit, but is 1000.")]
    [InlineData(Lb + " --fault stall=1", "'stall=1' has no valid value. Use for example stall.")]
    [InlineData(Lb + " --fault to-clients:truncated=5", "'to-clients:truncated=5': truncated is always on segments to servers. Use truncated=5.")]
    [InlineData(Lb + " --scheduling random", "'random'")]
    [InlineData(Lb + " --control /run/x --no-control", "--control and --no-control exclude each other.")]
    [InlineData(Lb + " --control /run/" + LongName, "is not the path of a socket: use 1 to 107 bytes.")]
    [InlineData("lb flows --limit -1", "'-1' is not a number from 0")]
    [InlineData("lb faults 198.51.100.1", "'198.51.100.1' is not an address and a port. Use for example 198.51.100.1:80 or [2001:db8:100::1]:80.")]
    [InlineData("lb faults --fault lose=5", "Unknown fault 'lose'. Valid faults: drop, ")]
    [InlineData("lb faults --fault drop=5 --clear", "--fault and --clear exclude each other")]
    [InlineData("lb faults --seed 1", "--seed needs --fault")]
    [InlineData("lb set 198.51.100.1:80 10.0.0.2:8080", "Option '--weight' is required.")]
    [InlineData("lb set 198.51.100.1:80 --weight 1", "Required argument missing for command: 'set'.")]
    [InlineData("lb set 198.51.100.1:80 10.0.0.2:8080 --weight 1000001", "'1000001' is not a number from 0 to 1000000.")]
    [InlineData("lb drain 198.51.100.1:80 server:80", "'server:80' is not an address and a port.")]
    [InlineData("lb drain 198.51.100.1:80 10.0.0.2:8080 --timeout 5", "--timeout needs --wait.")]
    [InlineData("lb demo --fault drop=101", "'drop=101' has no valid value")]
    [InlineData("lb demo --fault drop=-1", "'drop=-1' has no valid value")]
    public async Task A_wrong_value_is_named_on_one_line(string arguments, string complaint)
    {
        // The balancer reads the machine's clock before it starts, and would fail at that. toa listen does not use the machine,
        // so its parser is tested in addition.
        using FakeMachine machine = new() { IsInert = true };
        if (Words(arguments) is ["listen", ..] words)
            ShouldNotParse(machine, words);

        ShouldBeWrong(await Run.ToaAsync(machine, [.. Words(arguments)]), complaint);
    }

    [Theory]
    [InlineData(Lb)]
    [InlineData("lb demo")]
    public async Task A_command_line_that_should_have_been_refused_starts_nothing(string arguments)
    {
        using FakeMachine machine = new() { IsInert = true };
        machine.Write("dev/net/tun", "").Write("run/utmp", "");

        Func<Task> run = () => Run.ToaAsync(machine, "", new CancellationToken(canceled: true), Words(arguments));

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage(FakeMachine.Inert);
    }

    [Fact]
    public async Task The_version_is_the_project_s()
    {
        using FakeMachine machine = new();

        (await Run.ToaAsync(machine, "--version")).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("table")]
    [InlineData("doctor")]
    public async Task Nothing_that_is_not_read_on_a_terminal_has_escape_sequences(string command)
    {
        using FakeMachine machine = new FakeMachine().WithModule().Write("proc/net/toa_table", "192.0.2.10:1 198.51.100.7:2 192.0.2.1:3 200");

        ShouldHaveNoEscapes(await Run.ToaAsync(machine, command));
        ShouldHaveNoEscapes(await Run.ToaAsync(machine, command, "--json"));
    }

    private static void ShouldBeWrong(Run run, string complaint)
    {
        run.ExitCode.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.Contain(complaint).And.EndWith(" --help.\n");
        run.Error.Count(character => character == '\n').Should().Be(1);
    }

    private static void ShouldNotParse(FakeMachine machine, string[] words)
    {
        Terminal terminal = new(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false);
        ToaCommand.Create(machine, terminal).Parse(words).Errors.Should().NotBeEmpty("{0} would run", string.Join(' ', words));
    }

    private static void ShouldHaveNoEscapes(Run run) => (run.Output + run.Error).Should().NotContain("\e");

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(part => Paths(part, $"{path} {part.Name}".Trim())).Prepend(path);

    private static string[] Words(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
