using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

public sealed class TableTests
{
    private const string Table =
        """
        client                     transport_peer        local                kind format       virtual          network_id
        [2001:db8::1]:40000        198.51.100.7:1024     192.0.2.1:7000       253  ipv6         -                0
        192.0.2.10:5555            [2001:db8::7]:1025    [2001:db8::2]:7001   200  alibaba-vpc  203.0.113.7:443  2926671
        192.0.2.11:5556            198.51.100.8:1026     192.0.2.1:7000       254  ipv4         -                0
        """;

    [Theory]
    [InlineData("", "40000 5555 5556")]
    [InlineData("--client 2001:db8::/32", "40000")]
    [InlineData("--client 192.0.2.10", "5555")]
    [InlineData("--client 192.0.2.0/24", "5555 5556")]
    [InlineData("--client 192.0.2.10 --client 2001:db8::1", "40000 5555")]
    [InlineData("--peer 198.51.100.0/24", "40000 5556")]
    [InlineData("--peer 198.51.100.0/24 --client 192.0.2.0/24", "5556")]
    [InlineData("--port 7001", "5555")]
    [InlineData("--port 7000 --port 7001", "40000 5555 5556")]
    [InlineData("--kind 253 --kind 254", "40000 5556")]
    [InlineData("--limit 2", "40000 5555")]
    [InlineData("--limit 0", "")]
    [InlineData("--client 203.0.113.0/24", "")]
    public async Task Filters(string arguments, string clientPorts)
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_table", Table);

        Run run = await Run.ToaAsync(machine, [.. $"table {arguments}".Split(' ', System.StringSplitOptions.RemoveEmptyEntries)]);

        run.ExitCode.Should().Be(0);
        string.Join(' ', run.Lines.Skip(1).Select(line => line.Split(' ')[0].Split(':')[^1])).Should().Be(clientPorts);
    }

    [Fact]
    public async Task Columns_are_those_of_the_file()
    {
        using FakeMachine machine = new();

        Run run = await Run.ToaAsync(machine, Table, CancellationToken.None, "table", "--file", "-", "--limit", "1");

        run.Lines.Should().HaveCount(2);
        run.Lines[0].Should().MatchRegex("^client +transport peer +local +kind +format +virtual +network id$");
        run.Lines[1].Should().MatchRegex(@"^\[2001:db8::1\]:40000 198\.51\.100\.7:1024 192\.0\.2\.1:7000 +253 +ipv6 +- +-$");
        run.Error.Should().Be("2 more connections are not shown: increase --limit.\n");
    }

    [Fact]
    public async Task JSON_tells_how_many_there_are_and_shows_those_within_the_limit()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_table", Table + "\n192.0.2.12 77");

        JsonElement json = (await Run.ToaAsync(machine, "table", "--json", "--client", "192.0.2.0/24", "--limit", "1")).Json;
        JsonElement last = (await Run.ToaAsync(machine, "table", "--json")).Json.GetProperty("connections")[3];

        json.GetProperty("total").GetInt32().Should().Be(3);
        JsonElement shown = json.GetProperty("connections").EnumerateArray().Should().ContainSingle().Subject;
        shown.GetProperty("client").GetString().Should().Be("192.0.2.10:5555");
        shown.GetProperty("transportPeer").GetString().Should().Be("[2001:db8::7]:1025");
        shown.GetProperty("local").GetString().Should().Be("[2001:db8::2]:7001");
        shown.GetProperty("kind").GetInt32().Should().Be(200);
        shown.GetProperty("format").GetString().Should().Be("alibaba-vpc");
        shown.GetProperty("virtual").GetString().Should().Be("203.0.113.7:443");
        shown.GetProperty("networkId").GetUInt32().Should().Be(2926671);
        last.GetProperty("client").GetString().Should().Be("192.0.2.12:77");
        last.GetProperty("transportPeer").ValueKind.Should().Be(JsonValueKind.Null);
        last.GetProperty("kind").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_a_provider_does_not_show_is_no_match_and_a_dash()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_table", "192.0.2.12 77");

        (await Run.ToaAsync(machine, "table")).Lines[1].Should().MatchRegex("^192.0.2.12:77 +- +- +- +- +- +-$");
        (await Run.ToaAsync(machine, "table", "--port", "7000")).Lines.Should().ContainSingle();
        (await Run.ToaAsync(machine, "table", "--peer", "0.0.0.0/0")).Lines.Should().ContainSingle();
        (await Run.ToaAsync(machine, "table", "--kind", "200")).Lines.Should().ContainSingle();
    }

    [Fact]
    public async Task A_mapped_peer_is_found_by_its_IPv4_network()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_table", "192.0.2.12:77 [::ffff:198.51.100.7]:1 [::ffff:192.0.2.1]:2 200");

        (await Run.ToaAsync(machine, "table", "--peer", "198.51.100.0/24")).Lines.Should().HaveCount(2);
    }

    [Fact]
    public async Task Nonsense_is_said_to_be_so()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_table", "404 not found");

        Run run = await Run.ToaAsync(machine, "table");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(
            "toa_table is not valid: '404 not found' is not a line of connections: it must have the client's address and port.");
    }
}
