using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Balancing;

/// <summary><c>toa lb</c> as users run it, each time in a temporary network namespace. Requires root.</summary>
public sealed class BalancerProcessTests
{
    private const string Listen = "--listen 198.51.100.1:80=10.0.0.2:8080,10.0.0.3:8080*2 --listen [2001:db8:100::1]:80=10.0.0.2:8080";

    // A machine with a server's address and with forwarding enabled.
    private const string Network =
        "ip address add 10.0.0.2/32 dev lo; echo 1 >/proc/sys/net/ipv4/ip_forward; "
        + "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; ";

    [SkippableFact]
    public async Task JSON_tells_of_servers_counters_and_connections()
    {
        Run run = await InNamespaceAsync(
            "ip address add 10.0.0.3/32 dev lo; exec 5< <(exec $TOA listen 0.0.0.0:8080); server=$!; read -u 5 listening; "
            + $"exec 3< <(exec $TOA lb {Listen} --json --interval 1 --flows 5); pid=$!; read -u 3 one; read -u 3 two; read -u 3 started; "
            + "exec 4<>/dev/tcp/198.51.100.1/80; echo hello >&4; read -u 4 echoed; echo $echoed; "
            + "echo $started; until [[ $state == *Established* ]]; do read -u 3 state || break; done; echo $state; "
            + "kill -TERM $pid; wait $pid; echo status $?; tail -n 1 <&3; ip link show toa0 2>&1; kill $server");

        run.Lines[0].Should().Be("hello", run.Error);
        JsonElement started = JsonDocument.Parse(run.Lines[1]).RootElement, state = JsonDocument.Parse(run.Lines[2]).RootElement;
        started.GetProperty("event").GetString().Should().Be("started");
        started.GetProperty("backEnds").EnumerateArray().Select(backEnd => backEnd.GetProperty("weight").GetInt32()).Should().Equal(1, 2, 1);
        state.GetProperty("counters").GetProperty("flows_open").GetInt64().Should().Be(1);
        state.GetProperty("counters").GetProperty("options_inserted").GetInt64().Should().BePositive();
        state.GetProperty("counters").EnumerateObject().Select(counter => counter.Name).Should().Contain(
        [
            "dropped_bad_tcp_options", "dropped_bad_ip_checksum", "refused_no_port", "not_inserted_no_room", "fault_forged_before",
        ]);
        JsonElement flow = state.GetProperty("flows").EnumerateArray().Single();
        flow.GetProperty("client").GetString().Should().StartWith("10.0.0.");
        flow.GetProperty("state").GetString().Should().Be("Established");
        run.Lines[3].Should().Be("status 0");
        JsonDocument.Parse(run.Lines[4]).RootElement.GetProperty("event").GetString().Should().Be("stopped");
        run.Lines[5].Should().Contain("does not exist");
    }

    [SkippableFact]
    public async Task Malformed_packets_are_counted_for_people_too()
    {
        Run run = await InNamespaceAsync(
            $"exec 3< <(exec $TOA lb {Listen} --interval 1); pid=$!; read -u 3 a; read -u 3 b; "
            // A datagram is not TCP, and port 81 has no listener.
            + "echo x >/dev/udp/198.51.100.1/80; (echo >/dev/tcp/198.51.100.1/81) 2>/dev/null; "
            + "until [[ $told == *dropped_not_tcp=* && $told == *dropped_no_listener=* ]]; do read -u 3 line || break; told+=$line; done; "
            + "echo $told; kill -INT $pid; wait $pid; echo status $?; cat <&3");

        run.Lines[1].Should().Be("status 0");
        run.Output.Should().Contain("dropped_not_tcp=1(+1)").And.Contain("dropped_no_listener=1(+1)");
        run.Output.Should().Contain("The balancer on toa0 has stopped.").And.NotContain("\e");
    }

    [SkippableFact]
    public async Task A_server_that_does_not_answer_is_told_of()
    {
        Run run = await InNamespaceAsync(
            "exec 3< <(exec $TOA lb --listen 198.51.100.1:80=10.0.0.2:9 --health-check 1); pid=$!; "
            + "until [[ $line == *' is down'* ]]; do read -u 3 line || break; echo $line; done; kill -INT $pid; wait $pid; echo status $?");

        run.Output.Should().Contain("The back end 10.0.0.2:9 of 198.51.100.1:80 is down: Connection refused.");
        run.Output.Should().EndWith("status 0\n");
    }

    [SkippableFact]
    public async Task A_terminal_gets_a_live_view()
    {
        Run run = await InNamespaceAsync(
            ToolProcess.InterruptedOnTerminal($"$TOA lb {Listen}", "10.0.0.3:8080"));

        run.Output.Should().Contain("\e[").And.Contain("virtual address").And.Contain("10.0.0.3:8080").And.Contain("\e[?25h");
        run.Output.Should().EndWith("status 0\n");
    }

    [SkippableFact]
    public async Task A_device_that_is_taken_away_ends_it_with_a_reason()
    {
        Run run = await InNamespaceAsync(
            $"exec 3< <(exec $TOA lb {Listen}); pid=$!; read -u 3 line; ip link delete toa0; wait $pid; echo status $?");

        run.Output.Should().Be("status 1\n");
        run.Error.Should().StartWith("toa: the balancer failed. Cannot read from toa0").And.Contain("The interface may have been deleted.");
    }

    [SkippableFact]
    public Task An_address_of_the_machine_s_own() => ShouldRefuseAsync(
        $"$TOA lb {Listen} --source 10.0.0.2", 2, "10.0.0.2 is an address of the balancer");

    [SkippableFact]
    public Task A_virtual_address_that_is_in_use() => ShouldRefuseAsync(
        $"ip address add 198.51.100.1/32 dev lo; $TOA lb {Listen}", 1,
        "toa: the balancer cannot start. The virtual address 198.51.100.1 is an address of this machine (interface lo)", "Remove it from the interface (ip addr del)");

    [SkippableFact]
    public Task A_route_of_somebody_else_s() => ShouldRefuseAsync(
        $"ip route add 198.51.100.1/32 dev lo; $TOA lb {Listen}", 1, "Cannot add a route for 198.51.100.1/32", "Another interface or route uses it already");

    [SkippableFact]
    public Task A_device_that_is_in_use() => ShouldRefuseAsync(
        $"ip link add toa0 type veth; $TOA lb {Listen}", 1, "Another interface has this name: stop the program that uses it, or use another name.");

    [SkippableFact]
    public Task No_privilege() => ShouldRefuseAsync(
        $"echo 0 >/proc/sys/net/ipv4/ip_forward; setpriv --bounding-set -net_admin --inh-caps -net_admin $TOA lb {Listen}", 1, "CAP_NET_ADMIN", "run as root");

    [SkippableFact]
    public Task No_device() => ShouldRefuseAsync(
        $"mount -t tmpfs none /dev/net; $TOA lb {Listen}", 1, "Cannot open /dev/net/tun", "modprobe tun");

    private static async Task ShouldRefuseAsync(string command, int exitCode, params string[] words)
    {
        Run run = await InNamespaceAsync(
            $"before=$(ip route; ip -6 route; ip -br link); {command}; echo status $?; "
            + "after=$(ip route; ip -6 route; ip -br link); [ \"$before\" = \"$after\" ] || echo $after");

        run.Error.Should().StartWith("toa: ").And.ContainAll(words);
        run.Error.Count(character => character == '\n').Should().Be(1, "it is one line");
        run.Lines[0].Should().Be($"status {exitCode}");
    }

    private static Task<Run> InNamespaceAsync(string script) => ToolProcess.AloneAsync(Network + script);
}
