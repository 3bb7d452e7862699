using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using WhoAmI;
using Xunit;

namespace Toa.WhoAmI.Tests;

/// <summary>The exit of a program that cannot start: one line with the cause and the solution.</summary>
public sealed class ExitTests
{
    // Only a test that hangs reaches it.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_port_in_use()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();

        await ShouldFail(1, $"cannot listen on {other.LocalEndPoint}: the port is in use. Stop the program that listens there, or choose another port. *",
            "--listen", "127.0.0.1:0", "--listen", other.LocalEndPoint!.ToString()!);
    }

    [Fact]
    public Task An_address_of_another_machine() =>
        ShouldFail(1, "cannot listen on 192.0.2.1:0: this machine does not have this address. *", "--listen", "192.0.2.1:0");

    [Fact]
    public Task A_bad_network_on_the_command_line() =>
        ShouldFail(1, "KnownIPNetworks: '10.0.0.1/8' is not a network*", "--listen", "127.0.0.1:0", "--known-network", "10.0.0.1/8");

    [Fact]
    public Task A_bad_setting_in_the_environment() =>
        ShouldFail(1, "Toa:WhenUntrusted must be one of UseTransportPeer, Refuse, but is 'Drop'.*",
            ["Toa__WhenUntrusted=Drop"], "--listen", "127.0.0.1:0");

    [Fact]
    public Task An_unknown_setting_in_the_environment() =>
        ShouldFail(1, "Unknown setting 'Toa:KnownNetworks'. Valid settings: KnownProxies, *",
            ["Toa__KnownNetworks=10.0.0.0/8"], "--listen", "127.0.0.1:0");

    [Theory]
    [InlineData("--port", "8080")]
    [InlineData("--listen", "localhost:8080")]
    [InlineData("--listen")]
    [InlineData("8080")]
    public Task A_wrong_command_line(params string[] arguments) => ShouldFail(2, "*See WhoAmI --help.", arguments);

    [Fact]
    public async Task Help_tells_the_options_and_the_exit_codes()
    {
        (int exitCode, string output, string error) = await RunAsync([], "--help");

        exitCode.Should().Be(0);
        error.Should().BeEmpty();
        output.Should().Contain("--listen <ADDRESS:PORT>").And.Contain("--known-network <NETWORK>").And.Contain("Exit code: 0");
    }

    private static Task ShouldFail(int exitCode, string message, params string[] arguments) =>
        ShouldFail(exitCode, message, environment: [], arguments);

    private static async Task ShouldFail(int exitCode, string message, string[] environment, params string[] arguments)
    {
        (int actualCode, string output, string error) = await RunAsync(environment, arguments);

        error.Should().Match($"WhoAmI: {message}\n");
        error.TrimEnd('\n').Should().NotContain("\n", "one line is enough");
        output.Should().BeEmpty();
        actualCode.Should().Be(exitCode);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] environment, params string[] arguments)
    {
        using Process program = Process.Start(
            new ProcessStartInfo("env", [.. environment, "dotnet", typeof(Site).Assembly.Location, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        Task<string> output = program.StandardOutput.ReadToEndAsync();
        Task<string> error = program.StandardError.ReadToEndAsync();
        try
        {
            await program.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            program.Kill();
            throw;
        }

        return (program.ExitCode, await output, await error);
    }
}
