using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using Toa.Tests.Support;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Http;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Balancing.Control;

/// <summary>The commands that control a balancer, with a balancer that answers as the test says.</summary>
public sealed class ControlCommandTests : IDisposable
{
    private const string Drain = "lb drain 198.51.100.1:80 10.0.0.2:8080 ";

    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Without_a_balancer_it_is_said_how_to_start_one()
    {
        (await AskAsync("lb flows")).Should().Be(new Run(
            1, "", "toa: no balancer with a control socket is running. Start one with toa lb, or name its socket: --control PATH.\n"));
    }

    [Fact]
    public async Task A_socket_of_a_dead_balancer_is_not_found()
    {
        Bind("toa0");

        (await AskAsync("lb faults")).Error.Should().StartWith("toa: no balancer with a control socket is running.");
    }

    [Fact]
    public async Task With_several_balancers_the_error_names_them()
    {
        await using Played one = await Played.StartAsync(_machine, "toa0", []), two = await Played.StartAsync(_machine, "toa1", []);

        Run run = await AskAsync("lb flows");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be($"toa: several balancers are running. Name one of them: --control {one.Path} or --control {two.Path}.\n");
    }

    [Fact]
    public async Task The_named_balancer_is_asked()
    {
        await using Played one = await Played.StartAsync(_machine, "toa0", []);
        await using Played two = await Played.StartAsync(_machine, "toa1", ["""{"total":3,"flows":[]}"""]);

        Run run = await AskAsync($"lb flows --limit 0 --control {two.Path}");

        run.ExitCode.Should().Be(0);
        run.Error.Should().Be("3 more connections are not shown: increase --limit.\n");
        two.Requests.Should().Equal("GET /flows?limit=0 ");
    }

    [Theory]
    [InlineData("/nonexistent/lb.sock")]
    [InlineData("/dev/null")]
    public async Task A_path_without_a_balancer_is_an_error(string path)
    {
        (await AskAsync($"lb flows --control {path}")).Should().Be(
            new Run(1, "", $"toa: no balancer is running at {path}. Start one: toa lb --control {path}.\n"));
    }

    [Fact]
    public async Task A_refusal_of_the_balancer_is_one_line()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", ["400", """{"error":"10.0.0.2:8080 is not\na back end."}"""]);

        (await AskAsync("lb set 198.51.100.1:80 10.0.0.2:8080 --weight 3")).Should().Be(new Run(1, "", "toa: 10.0.0.2:8080 is not a back end.\n"));
        balancer.Requests.Should().Equal("""PUT /weight {"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.2:8080","weight":3}""");
    }

    [Theory]
    [InlineData("this is not JSON", "is not the control socket of a balancer")]
    [InlineData("null", "is not the control socket of a balancer")]
    public async Task An_answer_that_is_not_a_balancer_s_is_an_error(string answer, string problem)
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [answer]);

        Run run = await AskAsync("lb flows");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith($"toa: {balancer.Path} {problem}").And.EndWith("\n");
    }

    [Theory]
    [InlineData("SSH-2.0-x\r\n\r\n", "is not the control socket of a balancer")]
    [InlineData("", "ended before it answered")]
    public async Task A_program_that_does_not_speak_HTTP_is_an_error(string greeting, string problem)
    {
        using ControlSocket socket = ControlSocket.Create(PathOf("toa0"));
        using CancellationTokenSource end = new();
        Task serving = Task.Run(async () =>
        {
            while (true)
            {
                using Socket client = await socket.Listener.AcceptAsync(end.Token);
                if (await client.ReceiveAsync(new byte[1000]) > 0)
                    await client.SendAsync(Encoding.ASCII.GetBytes(greeting));
            }
        });

        Run run = await AskAsync("lb flows");

        await end.CancelAsync();
        await FluentActions.Awaiting(() => Deadline.Within(serving)).Should().ThrowAsync<OperationCanceledException>();
        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(problem);
    }

    [Fact]
    public async Task Draining_shows_its_progress_until_no_connection_is_open()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [State(2), State(2), State(1), State(0)]);

        Run run = await AskAsync(Drain + "--wait");

        run.Should().Be(new Run(
            0,
            "10.0.0.2:8080 behind 198.51.100.1:80 gets no new connections. Open connections: 2.\n"
            + "10.0.0.2:8080 behind 198.51.100.1:80 gets no new connections. Open connections: 1.\n"
            + "10.0.0.2:8080 behind 198.51.100.1:80 gets no new connections and has no open ones.\n",
            ""));
        balancer.Requests[0].Should().Be("""POST /drain {"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.2:8080"}""");
        balancer.Requests.Skip(1).Should().OnlyContain(request => request == "GET /backends ");
    }

    [Fact]
    public async Task Draining_in_JSON()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [State(1), State(0)]);

        (await AskAsync(Drain + "--wait --json")).Lines.Should().Equal(
            """{"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.2:8080","openConnections":1}""",
            """{"virtualAddress":"198.51.100.1:80","backEnd":"10.0.0.2:8080","openConnections":0}""");
    }

    [Fact]
    public async Task Without_wait_the_command_ends_at_once()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [State(2)]);

        (await AskAsync(Drain)).ExitCode.Should().Be(0);
        balancer.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_server_that_goes_down_while_it_drains_ends_the_wait()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [State(2), State(2, isUp: false)]);

        Run run = await AskAsync(Drain + "--wait");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: 10.0.0.2:8080 is down, so its open connections (2) cannot close normally.");
    }

    [Fact]
    public async Task A_server_that_is_no_longer_there_ends_the_wait()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [State(2), """{"backEnds":[]}"""]);

        (await AskAsync(Drain + "--wait")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_connection_that_stays_open_ends_the_wait_with_an_error()
    {
        await using Played balancer = await Played.StartAsync(_machine, "toa0", [State(2)]);

        Run run = await AskAsync(Drain + "--wait --timeout 0");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be(
            "toa: 10.0.0.2:8080 still has open connections (2) after 0 s. It gets no new ones. Wait again with a longer --timeout, or stop the server.\n");
    }

    [Fact]
    public async Task A_balancer_that_ends_while_it_drains_ends_the_wait()
    {
        Played balancer = await Played.StartAsync(_machine, "toa0", [State(2)]);
        _machine.Clock = new InstantClock { Waiting = _ => balancer.DisposeAsync().AsTask().GetAwaiter().GetResult() };

        Run run = await AskAsync(Drain + "--wait");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be($"toa: no balancer is running at {balancer.Path}. Start one: toa lb --control {balancer.Path}.\n");
    }

    [Fact]
    public async Task Faults_of_all_listeners_are_replaced()
    {
        await using Played balancer = await Played.StartAsync(
            _machine, "toa0",
            [
                """{"listeners":[{"virtualAddress":"198.51.100.1:80","faults":[],"seed":null},{"virtualAddress":"[2001:db8::1]:80","faults":[],"seed":null}]}""",
                """{"listeners":[{"virtualAddress":"198.51.100.1:80","faults":["drop=5"],"seed":7}]}""",
                """{"listeners":[{"virtualAddress":"[2001:db8::1]:80","faults":["drop=5"],"seed":7}]}""",
            ]);

        Run run = await AskAsync("lb faults --fault drop=5 --seed 7 --json");

        run.Json.GetProperty("listeners").EnumerateArray().Select(listener => listener.GetProperty("seed").GetInt32()).Should().Equal(7, 7);
        balancer.Requests.Skip(1).Should().Equal(
            """PUT /faults {"virtualAddress":"198.51.100.1:80","faults":["drop=5"],"seed":7}""",
            """PUT /faults {"virtualAddress":"[2001:db8::1]:80","faults":["drop=5"],"seed":7}""");
    }

    private static string State(int open, bool isUp = true) =>
        "{\"backEnds\":[{\"virtualAddress\":\"198.51.100.1:80\",\"address\":\"10.0.0.2:8080\",\"weight\":0,"
        + $"\"openConnections\":{open},\"isUp\":{(isUp ? "true" : "false")}}}]}}";

    private Task<Run> AskAsync(string command) => Run.ToaAsync(_machine, command.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private string PathOf(string device)
    {
        Directory.CreateDirectory($"{_machine.Root}/run/toa");
        return $"{_machine.Root}/run/toa/lb-{device}.sock";
    }

    // A socket that is bound and does not listen refuses connections, as that of a dead process.
    private Socket Bind(string device)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf(device)));
        return socket;
    }

    /// <summary>A control socket whose answers are fixed; the last one is repeated.</summary>
    private sealed class Played : IAsyncDisposable
    {
        private readonly Lock _answering = new();
        private readonly Queue<string> _answers;
        private readonly ControlSocket _socket;
        private HttpServer? _server;

        private Played(ControlSocket socket, string[] answers)
        {
            _socket = socket;
            _answers = new Queue<string>(answers);
        }

        public string Path => _socket.Path;

        public List<string> Requests { get; } = [];

        public static async Task<Played> StartAsync(FakeMachine machine, string device, string[] answers)
        {
            string folder = $"{machine.Root}/run/toa";
            Directory.CreateDirectory(folder);
            Played played = new(ControlSocket.Create($"{folder}/lb-{device}.sock"), answers);
            played._server = await HttpServer.StartAsync([played._socket.Listener], played.AnswerAsync);
            return played;
        }

        public async ValueTask DisposeAsync()
        {
            _socket.Dispose();
            await _server!.DisposeAsync();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            string body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            string answer;
            lock (_answering)
            {
                Requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {body}");
                if (_answers.Peek() == "400")
                    context.Response.StatusCode = int.Parse(_answers.Dequeue());
                answer = _answers.Count > 1 ? _answers.Dequeue() : _answers.Peek();
            }

            await context.Response.WriteAsync(answer);
        }
    }
}
