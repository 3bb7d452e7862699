using System;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Output;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary><c>toa listen</c>, with clients on the loopback interface.</summary>
public sealed class ListenTests
{
    [Fact]
    public async Task Each_client_is_printed_in_the_form_of_the_echo_server_and_echoed()
    {
        using Listening listening = new("127.0.0.1:0", "--count", "2");
        IPEndPoint server = await listening.ReadEndAsync();

        IPEndPoint first = await EchoAsync(server), second = await EchoAsync(server);

        (await listening.ReadLineAsync()).Should().Be($"real client v4 [127.0.0.1]:{first.Port}");
        (await listening.ReadLineAsync()).Should().Be($"real client v4 [127.0.0.1]:{second.Port}");
        (await listening.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task JSON_tells_source_transport_peer_and_trust()
    {
        using Listening listening = new("[::1]:0", "--count", "1", "--json");
        JsonElement event1 = JsonDocument.Parse((await listening.ReadLineAsync())!).RootElement;
        event1.GetProperty("event").GetString().Should().Be("listening");
        IPEndPoint client = await EchoAsync(IPEndPoint.Parse(event1.GetProperty("local").GetString()!));

        JsonElement event2 = JsonDocument.Parse((await listening.ReadLineAsync())!).RootElement;
        event2.GetProperty("event").GetString().Should().Be("connection");
        event2.GetProperty("client").GetString().Should().Be(client.ToString());
        event2.GetProperty("local").GetString().Should().Be(event1.GetProperty("local").GetString());
        event2.GetProperty("source").GetString().Should().BeOneOf(nameof(ToaSource.PeerName), nameof(ToaSource.TransportPeer));
        event2.GetProperty("trust").GetString().Should().Be(nameof(ToaTrust.NotChecked));
        event2.TryGetProperty("transportPeer", out _).Should().BeTrue();
        event2.GetProperty("format").ValueKind.Should().Be(JsonValueKind.Null);
        (await listening.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Trusted_networks_are_held_against_the_transport_peer()
    {
        using Listening listening = new("127.0.0.1:0", "--count", "1", "--json", "--trusted", "203.0.113.0/24", "--trusted", "2001:db8::1");
        JsonElement ready = JsonDocument.Parse((await listening.ReadLineAsync())!).RootElement;
        await EchoAsync(IPEndPoint.Parse(ready.GetProperty("local").GetString()!));

        JsonElement connection = JsonDocument.Parse((await listening.ReadLineAsync())!).RootElement;
        connection.GetProperty("trust").GetString().Should().NotBe(nameof(ToaTrust.NotChecked)).And.NotBe(nameof(ToaTrust.Trusted));
    }

    [Fact]
    public async Task It_ends_with_0_when_it_is_told_to_stop()
    {
        using Listening listening = new("127.0.0.1:0");
        await listening.ReadEndAsync();

        listening.Stop();

        (await listening.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_cure()
    {
        using Socket other = TcpConnection.Listen(IPAddress.Loopback);
        using FakeMachine machine = new();

        Run run = await Run.ToaAsync(machine, "listen", other.LocalEndPoint!.ToString()!);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Be(
            $"toa: cannot listen on {other.LocalEndPoint}: the port is in use. Stop the program that listens there, or choose another "
            + "port. ([::] also uses the port on 0.0.0.0.)\n");
    }

    private static async Task<IPEndPoint> EchoAsync(IPEndPoint server)
    {
        using TcpClient client = new(server.AddressFamily);
        await Deadline.Within(client.ConnectAsync(server));
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("hello"u8.ToArray());
        byte[] back = new byte[5];
        await Deadline.Within(stream.ReadExactlyAsync(back).AsTask());
        Encoding.ASCII.GetString(back).Should().Be("hello");
        return (IPEndPoint)client.Client.LocalEndPoint!;
    }

    /// <summary>The running command.</summary>
    private sealed class Listening : IDisposable
    {
        private readonly FakeMachine _machine = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly StreamReader _output;
        private readonly Task<int> _run;

        public Listening(params string[] arguments)
        {
            Pipe pipe = new();
            _output = new StreamReader(pipe.Reader.AsStream());
            StreamWriter writer = new(pipe.Writer.AsStream()) { AutoFlush = true };
            Terminal terminal = new(TextReader.Null, writer, TextWriter.Null, isInteractive: false, allowsColors: false);
            _run = ToaCommand.RunAsync(["listen", .. arguments], _machine, terminal, _stop.Token);
        }

        public Task<string?> ReadLineAsync() => Deadline.Within(_output.ReadLineAsync());

        public async Task<IPEndPoint> ReadEndAsync() => IPEndPoint.Parse((await ReadLineAsync())!.Split(' ').Last());

        public void Stop() => _stop.Cancel();

        public Task<int> EndAsync() => Deadline.Within(_run);

        public void Dispose()
        {
            _stop.Cancel();
            _run.Wait(Deadline.Time);
            _stop.Dispose();
            _machine.Dispose();
        }
    }
}
