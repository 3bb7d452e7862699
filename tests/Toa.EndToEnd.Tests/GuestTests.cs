using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.EndToEnd.Tests;

/// <summary>The guest itself: a harness that hid failures would prove nothing.</summary>
public class GuestTests
{
    [Fact]
    public async Task Output_and_exit_status_come_back()
    {
        GuestResult result = await Guest.RunAsync([], "sh", "-c", "echo it\\'s me; echo \"$0\"; exit 3", "a 'quoted' word");
        result.Output.Should().Be("it's me\na 'quoted' word\n");
        result.ExitCode.Should().Be(3);
    }

    [Theory]
    [InlineData("WARNING: CPU: 0 PID: 1 at net/ipv4/tcp.c:1")]
    [InlineData("BUG: kernel NULL pointer dereference, address: 0000000000000000")]
    [InlineData("WARNING: possible circular locking dependency detected")]
    [InlineData("unreferenced object 0xffff888003d0a000 (size 32):")]
    public async Task A_bug_in_the_kernel_log_fails_the_run(string line)
    {
        GuestResult result = await Guest.RunAsync([], "sh", "-c", $"echo '{line}' >/dev/kmsg");
        result.ExitCode.Should().Be(70);
        result.Error.Should().Contain("the kernel reports a bug").And.Contain(line);
    }

    [Fact]
    public async Task A_panic_fails_the_run()
    {
        GuestResult result = await Guest.RunAsync([], "sh", "-c", "echo c >/proc/sysrq-trigger; sleep 60");
        result.ExitCode.Should().Be(70);
    }

    [Fact]
    public async Task A_guest_that_hangs_is_ended()
    {
        GuestResult result = await Guest.RunAsync(["--timeout", "8"], "sleep", "600");
        result.ExitCode.Should().Be(124);
        result.Error.Should().Contain("still running after 8 s");
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        GuestResult result = await Guest.RunAsync(["--file", "/no/such/file"], "true");
        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("/no/such/file: no such file");
    }
}
