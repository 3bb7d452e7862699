using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary>The tool as users run it, on this machine, without a provider.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task The_doctor_ends_with_1_and_names_what_is_wrong()
    {
        Run run = await ToolProcess.RunAsync("doctor", "--json", "--seconds", "1");

        run.ExitCode.Should().Be(1, run.Error);
        run.Error.Should().BeEmpty();
        run.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString())
            .Should().Contain("TOA100").And.Contain("TOA111").And.OnlyContain(id => id!.StartsWith("TOA"));
        run.Json.GetProperty("provider").GetProperty("kind").GetString().Should().Be("None");
    }

    [Fact]
    public async Task A_capture_on_the_loopback_interface_sees_connections()
    {
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        IPEndPoint end = (IPEndPoint)listener.LocalEndPoint!;
        Task<Run> doctor = ToolProcess.RunAsync("doctor", "--json", "--interface", "lo", "--port", $"{end.Port}", "--seconds", "3");
        while (!doctor.IsCompleted)
        {
            using TcpClient client = new();
            await client.ConnectAsync(end);
            (await listener.AcceptAsync()).Dispose();
            await Task.Delay(100);
        }

        Run run = await doctor;
        JsonElement capture = run.Json.GetProperty("capture");
        // Without CAP_NET_RAW, the doctor reports that.
        if (capture.ValueKind == JsonValueKind.Null)
            run.Output.Should().Contain("TOA706").And.Contain("CAP_NET_RAW");
        else
            capture.GetProperty("connections").GetInt32().Should().BePositive();
        run.Output.Should().Contain("TOA602", "the listener is on loopback only");
    }

    [Fact]
    public async Task Watching_ends_when_nobody_reads_any_more()
    {
        Run run = await ToolProcess.ShellAsync(
            "file=$(mktemp); echo 'syn_recv_sock_toa: 1' > $file; $TOA stats --watch 1 --file $file | head -n 1; echo ${PIPESTATUS[0]}; rm $file");

        run.Lines.Should().HaveCount(2);
        run.Lines[0].Should().EndWith("syn_recv_sock_toa=1");
        run.Lines[1].Should().Be("0");
        run.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_gets_the_standard_output_and_error_one_behind_the_other()
    {
        Run run = await ToolProcess.ShellAsync(
            "file=$(mktemp); { echo first; printf '192.0.2.10:1\\n192.0.2.11:2\\n' | $TOA table --file - --limit 1; echo last; } > $file 2>&1; cat $file; rm $file");

        run.Lines.Should().HaveCount(5);
        run.Lines[0].Should().Be("first");
        run.Lines[^2].Should().StartWith("1 more connections are not shown");
        run.Lines[^1].Should().Be("last");
    }

    [Fact]
    public async Task A_signal_ends_a_watch_with_0()
    {
        Run run = await ToolProcess.ShellAsync(
            "file=$(mktemp); echo 'syn_recv_sock_toa: 1' > $file; exec 3< <(exec $TOA stats --watch 1 --file $file); pid=$!; read -u 3 line; "
            + "kill -TERM $pid; wait $pid; echo $?; rm $file");

        run.Output.Should().Be("0\n");
    }

    [Fact]
    public async Task A_full_pipe_does_not_hold_up_the_end_of_a_live_view()
    {
        Run run = await ToolProcess.ShellAsync(
            "pipe=$(mktemp -u); mkfifo $pipe; exec 3<>$pipe; head -c 65536 /dev/zero >&3; $TOA watch --json >$pipe & pid=$!; "
            + "until grep -qs pipe_write /proc/$pid/task/*/wchan; do sleep 0.1; done; kill -TERM $pid; wait $pid; echo $?; rm $pipe");

        run.Output.Should().Be("0\n");
    }

    [Theory]
    [InlineData("decode - <&-", "toa: cannot read -: the standard input is closed. Name a capture file that you may read.\n")]
    [InlineData("table --file - <&-", "toa: cannot read -: the standard input is closed. Name a copy of the file with --file.\n")]
    [InlineData("stats --help >&-", "toa: cannot write the output: The standard output is closed.\n")]
    [InlineData("stats --help <&- >&-", "toa: cannot write the output: The standard output is closed.\n")]
    public async Task A_closed_standard_file_is_one_line_with_the_cause(string command, string error)
    {
        Run run = await ToolProcess.ShellAsync($"( $TOA {command} ); echo $?");

        run.Output.Should().Be("1\n");
        run.Error.Should().StartWith(error).And.HaveLength(run.Error.IndexOf('\n') + 1);
    }

    [Fact]
    public async Task A_signal_ends_the_wait_for_the_standard_input()
    {
        Run run = await ToolProcess.ShellAsync(
            // More bytes than a pipe holds: after the write, the tool has started to read.
            "exec 3> >(exec $TOA stats --file -); pid=$!; yes | head -c 100000 >&3; kill -INT $pid; wait $pid; echo $?");

        run.Output.Should().Be("1\n");
        run.Error.Should().Contain("toa: interrupted.");
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_told_of()
    {
        Run run = await ToolProcess.ShellAsync("echo '192.0.2.10:1' | timeout 540 $TOA table --file - > /dev/full; echo $?");

        run.Output.Should().Be("1\n");
        run.Error.Should().StartWith("toa: cannot write the output: ").And.HaveLength(run.Error.IndexOf('\n') + 1);
    }

    [Fact]
    public async Task A_terminal_gets_a_live_view()
    {
        Run run = await ToolProcess.ShellAsync(
            "file=$(mktemp); echo 'syn_recv_sock_toa: 1' > $file; "
            + ToolProcess.InterruptedOnTerminal("$TOA stats --watch 1 --file $file", "syn_recv_sock_toa") + "rm $file");

        run.Output.Should().Contain("\e[").And.Contain("╭").And.Contain("syn_recv_sock_toa").And.Contain("\e[?25h", "the cursor is back");
        run.Output.Should().EndWith("status 0\n");
    }

    [Fact]
    public async Task A_terminal_gets_the_live_view_of_a_watch()
    {
        Run run = await ToolProcess.ShellAsync(ToolProcess.InterruptedOnTerminal("$TOA watch --interval 1", "no provider is loaded"));

        run.Output.Should().Contain("\e[").And.Contain("\e[?25h", "the cursor is back").And.EndWith("status 0\n");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1", false)]
    public async Task A_terminal_gets_colours_unless_it_wants_none(string variable, bool hasColours)
    {
        Run run = await ToolProcess.ShellAsync($"unset NO_COLOR; {variable} TERM=xterm-256color script -qec \"$TOA doctor --seconds 0\" /dev/null");

        run.Output.Should().Contain("TOA111");
        run.Output.Contains("\e[1;38;5;9m").Should().Be(hasColours, run.Output);
    }

    [Fact]
    public async Task Programs_are_taken_from_the_path_and_never_from_the_current_directory()
    {
        Run run = await ToolProcess.ShellAsync(
            """
            folder=$(mktemp -d); cd $folder; printf '#!/bin/sh\necho loaded=Y\n' > toa-bpf; chmod +x toa-bpf
            PATH=/usr/bin:/bin $TOA provider status --kind ebpf | grep -c 'yes;'
            PATH=$folder:/usr/bin:/bin $TOA provider status --kind ebpf | grep -c 'yes;'
            rm -r $folder
            """);

        run.Lines.Should().Equal("0", "1");
    }
}
