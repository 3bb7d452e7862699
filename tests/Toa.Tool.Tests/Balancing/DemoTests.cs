using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Balancing;

/// <summary><c>toa lb demo</c> on this machine, without a provider. Requires root.</summary>
public sealed class DemoTests
{
    // $1 is a signal. The script must end with the exit code.
    private const string StartAndEnd =
        "exec 3< <(exec $TOA lb demo --json); pid=$!; read -u 3 a; read -u 3 b; read -u 3 ready; echo $ready; ";

    [SkippableFact]
    public async Task It_shows_a_request_of_each_family_and_leaves_nothing()
    {
        Run run = await RunAsync("$TOA lb demo --once --json");

        run.Error.Should().BeEmpty();
        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        events.Select(found => Text(found, "event")).Should().Equal("request", "request", "ready", "stopped");
        events.Take(2).Select(found => Text(found, "virtualAddress")).Should().Equal("[2001:db8:100::1]:80", "198.51.100.1:80");
        events[0].GetProperty("client").GetString().Should().StartWith("[2001:db8:1::2]:");
        // There is no provider, so the server sees the balancer.
        events.Take(2).Should().OnlyContain(found => Text(found, "seen")!.StartsWith("10.64.0.") && !found.GetProperty("isReal").GetBoolean());
        Text(events[2], "provider").Should().Be("None");
        events[3].GetProperty("counters").GetProperty("options_inserted").GetInt64().Should().BePositive();
    }

    [SkippableFact]
    public async Task People_are_told_that_the_server_sees_the_balancer_and_the_cure()
    {
        Run run = await RunAsync("$TOA lb demo --once --fault duplicate=50 --fault reorder=20 --seed 1");

        run.Error.Should().BeEmpty();
        run.Lines[0].Should().StartWith("client [2001:db8:1::2]:").And.Contain(" -> server: real client v4 [10.64.0.");
        run.Output.Should().Contain("the server sees the balancer").And.Contain("sudo toa provider load");
        run.Lines[^1].Should().StartWith("balancer: from_clients=").And.Contain(" options_inserted=").And.Contain(" fault_duplicate=");
    }

    [SkippableTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_it_with_0_and_nothing_stays(string signal)
    {
        Run run = await RunAsync(StartAndEnd + $"ls /run/netns; kill -{signal} $pid; wait $pid; echo status $?");

        run.Lines[0].Should().Contain("curl -g http://[2001:db8:100::1]/");
        run.Lines.Should().Contain(["toa-demo-balancer", "toa-demo-client", "toa-demo-server"]).And.EndWith("status 0");
        run.Error.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task A_signal_while_it_is_laid_leaves_nothing_either()
    {
        Run run = await RunAsync(
            "for after in 0.2 0.3 0.4 0.5 0.6; do timeout -s TERM --preserve-status $after $TOA lb demo >/dev/null; done");

        run.Error.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task What_a_kill_leaves_the_next_one_clears()
    {
        Run run = await RunAsync(
            StartAndEnd + "kill -KILL $pid; wait $pid; ls /run/netns | grep -c toa-demo; $TOA lb demo --once >/dev/null; echo status $?");

        run.Lines.Skip(1).Should().Equal("3", "status 0");
    }

    [SkippableFact]
    public async Task A_second_one_is_refused_and_the_first_goes_on()
    {
        Run run = await RunAsync(
            StartAndEnd + "$TOA lb demo --once; echo second $?; curl='ip netns exec toa-demo-client curl -s -g --max-time 60'; "
            + "$curl http://198.51.100.1/; $curl http://[2001:db8:100::1]/; kill -INT $pid; wait $pid; echo first $?");

        run.Error.Should().StartWith("toa: another toa lb demo is running");
        run.Lines[1].Should().Be("second 1");
        run.Lines[2].Should().StartWith("real client v4 [10.64.0.");
        run.Lines[3].Should().StartWith("real client v4 [10.64.0.");
        run.Lines[4].Should().Be("first 0");
    }

    private static string? Text(JsonElement found, string name) => found.GetProperty(name).GetString();

    /// <summary>Runs a script, and expects that it leaves no files.</summary>
    private static async Task<Run> RunAsync(string script)
    {
        Run run = await ToolProcess.AloneAsync($"{script}; echo left: $(find /run -type f)");
        run.Lines.Should().EndWith("left:");
        return run with { Output = run.Output[..run.Output.LastIndexOf("left:", System.StringComparison.Ordinal)] };
    }
}
