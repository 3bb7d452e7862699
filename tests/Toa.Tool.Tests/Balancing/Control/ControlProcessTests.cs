using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Balancing.Control;

/// <summary>A balancer is controlled while it forwards packets, each time in a temporary network namespace. Requires root.</summary>
public sealed class ControlProcessTests
{
    private const string Socket = "/run/toa/lb-toa0.sock";

    // Two servers behind two listeners, a balancer, and a connection to the first server.
    private const string Start =
        "for host in 2 3; do ip address add 10.0.0.$host/32 dev lo; done; echo 1 >/proc/sys/net/ipv4/ip_forward; "
        + "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; exec 5< <(exec $TOA listen 0.0.0.0:8080); server=$!; read -u 5 listening; "
        + "exec 3< <(exec $TOA lb --listen 198.51.100.1:80=10.0.0.2:8080,10.0.0.3:8080*0 --listen [2001:db8:100::1]:80=10.0.0.2:8080 "
        + "--idle 86400 $MORE); pid=$!; until [[ $line == *\" control \"* ]]; do read -u 3 line || break; done; cat <&3 >/run/log & "
        + "exec 4<>/dev/tcp/198.51.100.1/80; "
        + "ask() { curl -s -g -w ' %{http_code}\\n' --unix-socket " + Socket + " \"$@\"; }; "
        + "change() { ask -X \"$1\" -d \"$3\" http://localhost$2; }; "
        + "echoes() { echo \"$1\" >&4; read -u 4 echoed; echo \"$echoed\"; }; ";

    private const string End = "kill -TERM $pid; wait $pid; echo status $?; ls -A /run/toa; kill $server";

    [SkippableFact]
    public async Task The_API_shows_and_changes_a_balancer()
    {
        Run run = await AloneAsync(
            "for path in flows backends counters faults; do ask http://localhost/$path; done; "
            + """change PUT /faults '{"virtualAddress":"198.51.100.1:80","faults":["duplicate=100","to-servers:latency=1ms"],"seed":7}'; """
            + "ask http://localhost/faults; echoes hello; ask http://localhost/counters; "
            + """change PUT /weight '{"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.3:8080","weight":3}'; """
            + """change POST /drain '{"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.2:8080"}'; """
            + "exec 6<>/dev/tcp/198.51.100.1/80; ask http://localhost/backends; ");

        run.Error.Should().BeEmpty();
        run.Lines.Take(11).Where((_, at) => at != 6).Should().OnlyContain(line => line.EndsWith(" 200"));
        JsonElement flow = Json(run.Lines[0]).GetProperty("flows").EnumerateArray().Single();
        flow.GetProperty("backEnd").GetString().Should().Be("10.0.0.2:8080");
        Json(run.Lines[0]).GetProperty("total").GetInt32().Should().Be(1);
        Json(run.Lines[1]).GetProperty("backEnds").EnumerateArray().Select(Server).Should()
            .Equal(("10.0.0.2:8080", 1, 1), ("10.0.0.3:8080", 0, 0), ("10.0.0.2:8080", 1, 0));
        Json(run.Lines[2]).GetProperty("counters").GetProperty("flows_open").GetInt64().Should().Be(1);
        run.Lines[3].Should().StartWith(
            """{"listeners":[{"virtualAddress":"198.51.100.1:80","faults":[],"seed":null},{"virtualAddress":"[2001:db8:100::1]:80",""");
        const string Faults = """{"virtualAddress":"198.51.100.1:80","faults":["duplicate=100","to-servers:latency=1ms"],"seed":7}""";
        run.Lines[4].Should().Be($$"""{"listeners":[{{Faults}}]} 200""");
        run.Lines[5].Should().StartWith($$"""{"listeners":[{{Faults}},{"virtualAddress":"[2001:db8:100::1]:80","faults":[],""");
        run.Lines[6].Should().Be("hello");
        Json(run.Lines[7]).GetProperty("counters").GetProperty("fault_duplicate").GetInt64().Should().BePositive();
        Json(run.Lines[8]).GetProperty("backEnds").EnumerateArray().Select(Server).Should().Equal(("10.0.0.3:8080", 3, 0));
        Json(run.Lines[9]).GetProperty("backEnds").EnumerateArray().Select(Server).Should().Equal(("10.0.0.2:8080", 0, 1));
        Json(run.Lines[10]).GetProperty("backEnds").EnumerateArray().Select(Server).Take(2).Should()
            .Equal(("10.0.0.2:8080", 0, 1), ("10.0.0.3:8080", 3, 1));
        run.Lines[11..].Should().Equal("status 0");
    }

    [SkippableFact]
    public async Task Wrong_requests_get_the_cause_and_the_cure_and_traffic_goes_on()
    {
        (string Method, string Path, string Body, int Status, string Problem)[] wrong =
        [
            ("PUT", "/weight", "", 400, "The body is not a valid request. See byte 0 of line 1. Send for example {"),
            ("PUT", "/weight", "{", 400, "not a valid request"),
            ("PUT", "/weight", "null", 400, "It is null"),
            ("PUT", "/weight", "[1]", 400, "not a valid request"),
            ("PUT", "/weight", "{} {}", 400, "not a valid request"),
            ("PUT", "/weight", "{}", 400, "weight is missing."),
            ("PUT", "/weight", """{"weight":1}""", 400, "virtualAddress is missing."),
            ("PUT", "/weight", """{"weight":"1"}""", 400, "See weight."),
            ("PUT", "/weight", """{"wieght":1}""", 400, "See wieght."),
            ("PUT", "/weight", """{"weight":1,"weight":1}""", 400, "See weight."),
            ("PUT", "/weight", """{"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.2:8080","weight":-1}""", 400, "0 to 1000000, but is -1."),
            ("PUT", "/weight", """{"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.9:8080","weight":1}""", 400, "It has: 10.0.0.2:8080, 10.0.0.3:8080."),
            ("POST", "/drain", """{"virtualAddress":"198.51.100.1:80"}""", 400, "backEnd is missing."),
            ("POST", "/drain", """{"virtualAddress":"198.51.100.1","backEnd":"x"}""", 400, "virtualAddress: '198.51.100.1' is not an address and a port."),
            ("PUT", "/faults", """{"virtualAddress":"198.51.100.1:80"}""", 400, "faults is missing."),
            ("PUT", "/faults", """{"virtualAddress":"198.51.100.1:80","faults":["stall","lose=5"]}""", 400, "Unknown fault 'lose'. Valid faults: drop, "),
            ("PUT", "/faults", """{"virtualAddress":"198.51.100.1:80","faults":["stall","bandwidth=1kbit"]}""", 400, "but is 1000."),
            ("PUT", "/faults", """{"virtualAddress":"198.51.100.1:81","faults":["stall"]}""", 400, "It has: 198.51.100.1:80, [2001:db8:100::1]:80."),
            ("PUT", "/faults", """{"virtualAddress":"198.51.100.1:80","faults":["stall",null]}""", 400, "Unknown fault ''."),
            ("GET", "/flows?client=192.0.2.2", "", 400, "Unknown parameter 'client'. Valid parameters: limit."),
            ("GET", "/flows?limit=some", "", 400, "limit: 'some' is not a number"),
            ("DELETE", "/faults", "", 405, "/faults does not have the method DELETE. Valid methods: GET, PUT."),
            ("GET", "/", "", 404, "Unknown path '/'. Valid paths: /flows, /backends, "),
        ];
        Run run = await AloneAsync(
            string.Concat(wrong.Select(one => $"change {one.Method} {one.Path} '{one.Body}'; "))
            + "head -c 70000 /dev/zero >/run/large; ask -X PUT --data-binary @/run/large http://localhost/weight; "
            + "ask -X PUT -H Transfer-Encoding:chunked --data-binary @/run/large http://localhost/weight; "
            + "ask http://localhost/faults; ask http://localhost/backends; echoes hello; ");

        run.Error.Should().BeEmpty();
        for (int i = 0; i < wrong.Length; i++)
        {
            run.Lines[i].Should().EndWith($" {wrong[i].Status}", wrong[i].Body);
            Json(run.Lines[i]).GetProperty("error").GetString().Should().Contain(wrong[i].Problem).And.NotContain("\n");
        }

        run.Lines[wrong.Length..(wrong.Length + 2)].Should().OnlyContain(line => line.EndsWith("more than 65536 bytes. Send only the fields of the request.\"} 413"));
        run.Lines[wrong.Length + 2].Should().NotContain("stall");
        Json(run.Lines[wrong.Length + 3]).GetProperty("backEnds").EnumerateArray().Select(Server).Take(2).Should()
            .Equal(("10.0.0.2:8080", 1, 1), ("10.0.0.3:8080", 0, 0));
        run.Lines[(wrong.Length + 4)..].Should().Equal("hello", "status 0");
    }

    [SkippableFact]
    public async Task The_commands_show_and_change_a_balancer()
    {
        Run run = await AloneAsync(
            "$TOA lb faults 198.51.100.1:80 --fault drop=0.5; $TOA lb faults --clear; $TOA lb flows; "
            + "$TOA lb set 198.51.100.1:80 10.0.0.3:8080 --weight 3; $TOA lb set 198.51.100.1:80 10.0.0.9:8080 --weight 3; echo status $?; "
            + "exec 6< <(exec 4>&-; exec $TOA lb drain 198.51.100.1:80 10.0.0.2:8080 --wait); drain=$!; read -u 6 open; echo $open; echoes hello; "
            + "exec 4>&-; cat <&6; wait $drain; echo status $?; ");

        run.Error.Should().Be("toa: 10.0.0.9:8080 is not a back end of 198.51.100.1:80. It has: 10.0.0.2:8080, 10.0.0.3:8080.\n");
        string[] lines = [.. run.Lines.Select(line => string.Join(' ', line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)))];
        lines[..5].Should().Equal(
            "virtual address faults seed", "198.51.100.1:80 drop=0.5 -", "virtual address faults seed", "198.51.100.1:80 - -",
            "[2001:db8:100::1]:80 - -");
        lines[5].Should().Be("client virtual address source server state options idle");
        lines[6].Should().MatchRegex(@"^10\.0\.0\.\d:\d+ 198\.51\.100\.1:80 10\.64\.0\.\d+:\d+ 10\.0\.0\.2:8080 Established \d \d+\.\d s$");
        lines[7..].Should().Equal(
            "10.0.0.3:8080 behind 198.51.100.1:80 has the weight 3.", "status 1",
            "10.0.0.2:8080 behind 198.51.100.1:80 gets no new connections. Open connections: 1.", "hello",
            "10.0.0.2:8080 behind 198.51.100.1:80 gets no new connections and has no open ones.", "status 0", "status 0");
    }

    [SkippableFact]
    public async Task A_server_that_vanishes_while_it_drains_does_not_hang_the_command()
    {
        Run run = await AloneAsync(
            "exec 6< <(exec $TOA lb drain 198.51.100.1:80 10.0.0.2:8080 --wait --timeout 86400 2>&1); drain=$!; read -u 6 open; echo $open; "
            + "ip address del 10.0.0.2/32 dev lo; cat <&6; wait $drain; echo status $?; ",
            "MORE='--health-check 1'; ");

        run.Lines.Should().Equal(
            "10.0.0.2:8080 behind 198.51.100.1:80 gets no new connections. Open connections: 1.",
            "toa: 10.0.0.2:8080 is down, so its open connections (1) cannot close normally. They end when the clients give up, or after the time of "
            + "toa lb --idle. It gets no new ones.",
            "status 1", "status 0");
    }

    [SkippableFact]
    public async Task Other_users_are_refused_even_if_the_mode_of_the_file_was_changed()
    {
        const string Other = "setpriv --reuid 65533 --clear-groups ";
        Run run = await AloneAsync(
            $"stat -c %a {Socket} /run/toa; {Other} curl -s --unix-socket {Socket} http://localhost/flows; echo curl $?; "
            + $"chmod 755 /run/toa; chmod 666 {Socket}; {Other} curl -s -w ' %{{http_code}}\\n' --unix-socket {Socket} http://localhost/flows; "
            + "ask http://localhost/flows?limit=0; ",
            "", "grep -c Refused /run/log; grep Refused /run/log; ");

        run.Error.Should().BeEmpty();
        run.Lines[..3].Should().Equal("600", "700", "curl 7");
        run.Lines[3].Should().Be("""{"error":"User 65533 may not control this balancer. Use user 0, or root."} 403""");
        run.Lines[4].Should().Be("""{"total":1,"flows":[]} 200""");
        run.Lines[5..7].Should().Equal("status 0", "1");
        run.Lines[7].Should().MatchRegex(
            $@"^Refused a request of user 65533 \(process \d+\) on {Socket}: only user 0 and root may use it\.$");
    }

    [SkippableFact]
    public async Task The_socket_can_be_elsewhere_and_one_that_is_in_use_or_left_is_told_from_another()
    {
        const string Lb = "$TOA lb --listen 198.51.100.9:80=10.0.0.2:8080 --device toa9 --source 10.65.0.0/28 ";
        Run run = await AloneAsync(
            $"{Lb} --control {Socket}; echo status $?; {Lb} --control /run/missing/lb; echo status $?; {Lb} --control /run/log; echo status $?; "
            + "ip link show toa9 2>/dev/null; "
            + "start() { exec 7< <(exec \"$@\" 2>&1); other=$!; read -u 7 listening; told=; until [[ $told == *control* ]]; do read -u 7 told || break; done; echo $told; }; "
            + $"start {Lb} --control /run/other; $TOA lb flows --control /run/other --limit 0 --json; $TOA lb flows; "
            + "kill -KILL $other; wait $other; [ -S /run/other ] && echo left; "
            + $"start {Lb} --control /run/other; $TOA lb flows --control /run/other --limit 0 --json; kill $other; wait $other; "
            + "[ -e /run/other ] || echo removed; "
            + "exec 7< <(exec $TOA lb --listen 198.51.100.9:80=10.0.0.2:8080 --device toa9 --source 10.65.0.0/28 --no-control); other=$!; read -u 7 listening; "
            + "ls /run/toa; kill $other; wait $other; cat <&7; ");

        string[] errors = run.Error.Split('\n', System.StringSplitOptions.RemoveEmptyEntries);
        errors.Should().HaveCount(3, run.Error);
        errors[0].Should().StartWith($"toa: --control: a running balancer uses {Socket}. Use another path, or --no-control");
        errors[1].Should().StartWith("toa: --control: /run/missing/lb cannot be created: cannot open the folder /run/missing: No such file");
        errors[2].Should().StartWith("toa: --control: /run/log exists and is not a socket.");
        run.Lines[..3].Should().OnlyContain(line => line == "status 1");
        run.Lines[3..5].Should().Equal("The control socket is /run/other.", """{"total":0,"flows":[]}""");
        run.Lines[5].Should().StartWith("client ");
        run.Lines[6].Should().StartWith("10.0.0.");
        run.Lines[7..11].Should().Equal("left", "The control socket is /run/other.", """{"total":0,"flows":[]}""", "removed");
        run.Lines[11].Should().Be("lb-toa0.sock");
        run.Lines[12..^1].Should().NotContain(line => line.Contains("control")).And.Contain("The balancer on toa9 has stopped.");
        run.Lines[^1].Should().Be("status 0");
    }

    [SkippableFact]
    public async Task Without_a_folder_for_it_the_balancer_runs_without_a_socket_and_says_so()
    {
        Run run = await ToolProcess.AloneAsync(
            "mount -o remount,ro /run; export XDG_RUNTIME_DIR=/run/user; ip address add 10.0.0.2/32 dev lo; echo 1 >/proc/sys/net/ipv4/ip_forward; "
            + "exec 3< <(exec $TOA lb --listen 198.51.100.1:80=10.0.0.2:8080); pid=$!; read -u 3 line; read -u 3 line; echo $line; "
            + "kill $pid; wait $pid; echo status $?");

        run.Lines[0].Should().StartWith("There is no control socket: Read-only file system").And.EndWith("--control PATH.");
        run.Lines[1..].Should().Equal("status 0");
    }

    private static (string?, int, int) Server(JsonElement backEnd) => (
        backEnd.GetProperty("address").GetString(), backEnd.GetProperty("weight").GetInt32(), backEnd.GetProperty("openConnections").GetInt32());

    // Without the status, which stands behind the document.
    private static JsonElement Json(string line) => JsonDocument.Parse(line[..line.LastIndexOf(' ')]).RootElement;

    private static Task<Run> AloneAsync(string script, string before = "", string after = "") =>
        ToolProcess.AloneAsync(before + Start + script + End + "; " + after);
}
