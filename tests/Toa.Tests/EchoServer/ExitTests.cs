using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.EchoServer;

/// <summary>The exit codes of the echo server: 0 after a signal, 1 if it cannot listen, 2 for a wrong command line.</summary>
public sealed class ExitTests
{
    [Theory]
    [InlineData(EchoServerProcess.SIGINT)]
    [InlineData(EchoServerProcess.SIGTERM)]
    public async Task A_signal_closes_the_connections_and_ends_the_server(int signal)
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0", "--listen", "[::1]:0");
        IPEndPoint first = await server.ReadListeningAsync();
        await server.ReadListeningAsync();
        using EchoClient busy = new(IPAddress.Loopback, first.Port);
        using EchoClient idle = new(IPAddress.Loopback, first.Port);
        (await busy.EchoAsync("hello")).Should().Be("hello");

        server.Signal(signal);

        await busy.WaitForCloseAsync();
        await idle.WaitForCloseAsync();
        (await server.WaitForExitAsync()).Should().Be(0);
        (await server.ReadErrorLineAsync()).Should().BeNull();
    }

    [Theory]
    [InlineData(EchoServerProcess.SIGINT)]
    [InlineData(EchoServerProcess.SIGTERM)]
    public async Task A_signal_right_after_the_ready_line_ends_the_server(int signal)
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "127.0.0.1:0");
        await server.ReadListeningAsync();

        server.Signal(signal);

        (await server.WaitForExitAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1: 7000")]
    [InlineData("localhost:7000")]
    [InlineData("[::1]")]
    [InlineData("::1:7000")]
    [InlineData(":7000")]
    [InlineData("")]
    public async Task A_bad_address_is_a_wrong_command_line(string address)
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", address);

        await ShouldFail(server, exitCode: 2, $"'{address}' is not an address and a port. Use *");
    }

    [Fact]
    public async Task An_unknown_argument_is_a_wrong_command_line()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--port", "7000");

        await ShouldFail(server, exitCode: 2, "*--port*See EchoServer --help.");
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_cure()
    {
        using Socket other = TcpConnection.Listen(IPAddress.Loopback);
        string endPoint = other.LocalEndPoint!.ToString()!;
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "[::1]:0", "--listen", endPoint);

        await ShouldFail(server, exitCode: 1, $"cannot listen on {endPoint}: the port is in use. *choose another port.*");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named_with_its_cure()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--listen", "192.0.2.1:0");

        await ShouldFail(server, exitCode: 1, "cannot listen on 192.0.2.1:0: this machine does not have this address. *");
    }

    [Fact]
    public async Task Help_tells_the_exit_codes()
    {
        using EchoServerProcess server = EchoServerProcess.Start("--help");
        string help = "";
        while (await server.ReadLineAsync() is { } line)
            help += line;

        help.Should().Contain("--listen <ADDRESS:PORT>").And.Contain("Exit code: 0");
        (await server.WaitForExitAsync()).Should().Be(0);
    }

    /// <summary>Expects one line on standard error, and nothing on standard output.</summary>
    private static async Task ShouldFail(EchoServerProcess server, int exitCode, string message)
    {
        (await server.ReadErrorLineAsync()).Should().Match($"EchoServer: {message}");
        (await server.ReadErrorLineAsync()).Should().BeNull();
        (await server.ReadLineAsync()).Should().BeNull();
        (await server.WaitForExitAsync()).Should().Be(exitCode);
    }
}
