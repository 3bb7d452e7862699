using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>The doctor's finding about listeners with TCP_DEFER_ACCEPT.</summary>
public sealed class DeferAcceptTests : IDisposable
{
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.70:5555");

    // A timestamp: captured segments have options.
    private static readonly byte[] Timestamp = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
    private static readonly byte[] Toa = TcpPackets.Option(200, Client);

    private readonly FakeMachine _machine = new FakeMachine().WithModule(trusted: "198.51.100.0/28").Listen("0.0.0.0:7000 101").Process(7, "web", "101");

    public DeferAcceptTests() => _machine.DeferringPorts = [7000];

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task An_option_on_the_ACK_only_is_lost()
    {
        Receive(TcpPackets.Build(Toa), TcpPackets.Build(Timestamp, data: "GET /"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA607"].Seen.Should().StartWith("0.0.0.0:7000 (web): 1 connections had a TOA option on the handshake, and none on the first data, for example kind 200, length 8, ")
            .And.Contain("client 192.0.2.70:5555").And.EndWith("from 198.51.100.7:1024 to 192.0.2.1:7000.");
        found.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("the option is on data too")]
    [InlineData("later data has no option")]
    [InlineData("no data came")]
    [InlineData("data of another connection")]
    [InlineData("the listener does not defer")]
    [InlineData("it is on the SYN, which is read")]
    public async Task An_option_that_is_read_is_no_finding(string reason)
    {
        byte[] ack = TcpPackets.Build(Toa), data = TcpPackets.Build(Timestamp, data: "GET /"), dataWithOption = TcpPackets.Build(Toa, data: "GET /");
        Receive(reason switch
        {
            "the option is on data too" => [ack, dataWithOption],
            "later data has no option" => [ack, dataWithOption, data],
            "no data came" => [ack],
            "data of another connection" => [ack, TcpPackets.Build(Timestamp, from: IPEndPoint.Parse("198.51.100.7:1025"), data: "GET /")],
            "it is on the SYN, which is read" => [TcpPackets.Syn(Toa), data],
            _ => [ack, data],
        });
        if (reason == "the listener does not defer")
            _machine.DeferringPorts = [];
        if (reason == "it is on the SYN, which is read")
            _machine.Write("sys/module/toa/parameters/syn", "Y\n");

        (await Diagnosis.OfAsync(_machine)).Ids.Should().NotContain("TOA607").And.NotContain("TOA001");
    }

    [Fact]
    public async Task A_kernel_that_cannot_say_is_a_finding_only_if_it_matters()
    {
        _machine.DeferringPorts = null;
        Receive(TcpPackets.Build(Toa), TcpPackets.Build(Timestamp, data: "GET /"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);
        _machine.Packets.Clear();
        Diagnosis without = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Should().Be(("listeners with TCP_DEFER_ACCEPT: Not known.", "Be root."));
        without.Ids.Should().NotContain("TOA001");
    }

    [Fact]
    public async Task Listeners_that_cannot_be_asked_are_reported_and_the_others_are_asked()
    {
        _machine.Listen("0.0.0.0:7000 99", "0.0.0.0:7000 100", "0.0.0.0:7000 101", "192.0.2.1:7000 102");
        _machine.SilentListeners = ["99", "100", "102"];
        Receive(TcpPackets.Build(Toa), TcpPackets.Build(Timestamp, data: "GET /"));

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA607"].Seen.Should().StartWith("0.0.0.0:7000 (web): 1 connections ");
        found.All("TOA001").Should().Equal(
            ("listeners with TCP_DEFER_ACCEPT: 0.0.0.0:7000 is silent.", "Be root."),
            ("listeners with TCP_DEFER_ACCEPT: 192.0.2.1:7000 is silent.", "Be root."));
    }

    [SkippableTheory]
    [InlineData(0, false)]
    [InlineData(5, true)]
    public void A_listener_of_a_process_is_asked(int seconds, bool isSet)
    {
        SkipBeforePidfdGetfd();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(6, 9, BitConverter.GetBytes(seconds));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        Listener listener = Listener.Find(new ThisMachine()).Single(listener => listener.End.Equals(socket.LocalEndPoint));

        ListenerSocket.DefersAccept(listener).Should().Be(isSet);

        // The socket of this test goes on.
        using TcpClient client = new();
        client.Connect((IPEndPoint)socket.LocalEndPoint!);
        client.GetStream().WriteByte(1);
        using Socket accepted = socket.Accept();
        accepted.Connected.Should().BeTrue();
    }

    [Fact]
    public void A_listener_without_a_process_cannot_be_asked()
    {
        Action ask = () => ListenerSocket.DefersAccept(new Listener(new IPEndPoint(IPAddress.Any, 7000), "1", []));

        ask.Should().Throw<CannotLookException>().Which.What.ToString().Should().StartWith("Whether 0.0.0.0:7000 has TCP_DEFER_ACCEPT is not known: ");
    }

    [SkippableFact]
    public void A_kernel_that_does_not_answer_is_named_with_its_error_and_a_cure()
    {
        SkipBeforePidfdGetfd();
        // A socket of UDP does not have the option.
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Listener listener = new(new IPEndPoint(IPAddress.Any, 7000), InodeOf(socket), [Self]);
        Action ask = () => ListenerSocket.DefersAccept(listener);

        CannotLookException problem = ask.Should().Throw<CannotLookException>().Which;

        problem.What.ToString().Should().StartWith("Whether 0.0.0.0:7000 (test) has TCP_DEFER_ACCEPT is not known: the kernel does not answer (");
        problem.Cure.ToString().Should().StartWith("See the program's configuration: deferred (nginx)");
    }

    [SkippableFact]
    public void A_descriptor_that_leads_to_another_file_now_is_not_asked()
    {
        SkipBeforePidfdGetfd();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), other = new(SocketType.Stream, ProtocolType.Tcp);
        using FileStream file = File.OpenRead("/dev/null");
        string link = Holder.LinkTo(InodeOf(socket));

        using Socket? same = ForeignSocket.Copy(Environment.ProcessId, (int)socket.Handle, link, Self);
        using Socket? another = ForeignSocket.Copy(Environment.ProcessId, (int)other.Handle, link, Self);
        using Socket? notSocket = ForeignSocket.Copy(Environment.ProcessId, (int)file.SafeFileHandle.DangerousGetHandle(), link, Self);

        same.Should().NotBeNull();
        another.Should().BeNull();
        notSocket.Should().BeNull();
    }

    private static Holder Self => new(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "test");

    private static string InodeOf(Socket socket) => new FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!["socket:[".Length..^1];

    private static void SkipBeforePidfdGetfd() =>
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.OSVersion.Version >= new Version(5, 6), "pidfd_getfd is new in Linux 5.6");

    private void Receive(params byte[][] packets) => _machine.Packets.AddRange(packets);
}
