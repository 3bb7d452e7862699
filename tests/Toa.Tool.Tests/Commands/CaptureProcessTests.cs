using System;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary><c>toa capture</c> and what can go wrong on a real machine: interfaces that vanish, full disks, pipes.</summary>
public sealed class CaptureProcessTests
{
    // A network namespace at the other end of v0. /sys shows the interfaces of another namespace, as after nsenter --net.
    private const string Peer =
        "ip netns add peer; ip link add v0 type veth peer name v1 netns peer; ip addr add 192.0.2.1/24 dev v0; ip link set v0 up; "
        + "ip -n peer addr add 192.0.2.2/24 dev v1; ip -n peer link set v1 up; folder=$(mktemp -d); file=$folder/x.pcapng; ";

    // Its first line comes when the capture has begun.
    private const string Begin = "exec 3< <(exec $TOA capture -i v0 -w $file 2>&1); pid=$!; read -u 3 line; ";

    // A refused connection: after it, its SYN has been captured.
    private const string Connect = "ip netns exec peer bash -c 'echo > /dev/tcp/192.0.2.1/7000' 2>/dev/null; ";

    private const string End = "cat <&3; wait $pid; echo status $?; $TOA decode $file 2>&1 | tail -n 1; ";

    [SkippableTheory]
    [InlineData("ip link delete v0")]
    [InlineData("ip link set v0 down")]
    public async Task An_interface_that_vanishes_ends_it_and_the_packets_before_are_kept(string vanish)
    {
        Run run = await ToolProcess.AloneAsync($"{Peer}{Begin}{Connect}{vanish}; {End}rm -r $folder");

        run.Lines.Should().HaveCount(5, run.Output + run.Error);
        run.Lines[1].Should().Be("toa: the capture ended: Network is down. Check the interface with ip link, and start again.");
        run.Lines[3].Should().Be("status 1");
        run.Lines[4].Should().StartWith("packets: 1, TCP segments: 1, SYNs: 1,");
    }

    [SkippableFact]
    public async Task A_live_view_waits_until_the_interface_is_up()
    {
        Run run = await ToolProcess.AloneAsync(
            $"{Peer}exec 3< <(exec $TOA watch -i v0 --interval 1 2>&1); pid=$!; wait_for() {{ while read -u 3 line; do echo \"$line\"; "
            + "[[ $line == *\"$1\"* ]] && return; done; }; wait_for connections=; ip link set v0 down; wait_for 'ip link set v0 up'; sleep 3; "
            + "ip link set v0 up; wait_for 'shown again'; kill $pid; cat <&3; rm -r $folder");

        run.Lines.Count(line => line.EndsWith("The capture ended: Network is down. It begins again when the interface is there.", StringComparison.Ordinal))
            .Should().Be(1, run.Output);
        run.Lines.Count(line => line.EndsWith("New connections are shown again.", StringComparison.Ordinal)).Should().Be(1, run.Output);
        run.Output.Should().Contain("no new connections: Interface 'v0' is down. Set it up with ip link set v0 up.");
    }

    [SkippableFact]
    public async Task A_full_disk_ends_it_and_the_packets_before_are_kept()
    {
        Run run = await ToolProcess.AloneAsync(
            $"{Peer}mount -t tmpfs -o size=4k none $folder; {Begin}for i in $(seq 100); do {Connect}done; {End}umount $folder; rmdir $folder");

        run.Lines.Should().HaveCount(5, run.Output + run.Error);
        run.Lines[1].Should().MatchRegex(
            @"^toa: cannot write \S+: No space left on device.*\. The packets before are in the file\. Free space or name another file with --write\.$");
        run.Lines[3].Should().Be("status 1");
        run.Lines[4].Should().MatchRegex("^packets: [1-9][0-9]*, ");
    }

    [SkippableFact]
    public async Task A_signal_ends_the_wait_for_the_reader_of_a_pipe()
    {
        Run run = await ToolProcess.AloneAsync(
            // It opens its packet socket first.
            "folder=$(mktemp -d); mkfifo $folder/x; $TOA capture -i lo -w $folder/x & pid=$!; "
            + "until [ -n \"$(tail -n +2 /proc/$pid/net/packet)\" ]; do sleep 0.1; done; "
            + "kill -TERM $pid; wait $pid; echo $?; rm -r $folder");

        run.Output.Should().Be("1\n");
        run.Error.Should().Be("toa: interrupted.\n");
    }

    [SkippableTheory]
    [InlineData("-w $folder", "toa: Cannot create the capture file \\S+: It is a folder\\.")]
    [InlineData("-w $folder/none/x", "toa: Cannot create the capture file \\S+: Could not find a part of the path '\\S+'\\.")]
    [InlineData("-w $folder/x", "toa: Cannot create the capture file \\S+: Read-only file system : '\\S+'\\.")]
    public async Task A_file_that_cannot_be_created_is_one_line_with_cause_and_cure(string option, string error)
    {
        Run run = await ToolProcess.AloneAsync(
            $"folder=$(mktemp -d); mount -t tmpfs -o ro none $folder; $TOA capture -i lo --seconds 1 {option}; echo $?; umount $folder; rmdir $folder");

        run.Output.Should().Be("1\n");
        run.Error.Should().MatchRegex($"^{error} Use a file in an existing folder that you may write to\\.\n$");
    }

    [SkippableFact]
    public async Task An_interface_that_does_not_exist_is_one_line()
    {
        Run run = await ToolProcess.AloneAsync("$TOA capture -i v0; echo $?");

        run.Should().Be(new Run(0, "1\n", "toa: interface 'v0' does not exist. ip link shows the interfaces of this machine.\n"));
    }
}
