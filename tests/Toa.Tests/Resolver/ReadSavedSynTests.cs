using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>Resolvers that read the saved SYN if there is no provider.</summary>
public sealed class ReadSavedSynTests
{
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    private static readonly IPEndPoint Client = IPEndPoint.Parse("[2001:db8::1]:40000");

    private readonly ToaOptions _options = new() { ReadSavedSyn = true };

    [Fact]
    public void A_real_kernel_s_packet_is_read()
    {
        using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
        listener.SaveSyn();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();

        // Linux itself sends no TOA option, but the library has read the SYN, and so knows the transport peer.
        ToaResolution found = new ToaResolver(_options).Resolve(server);
        found.Client.ToIPEndPoint().Should().Be((IPEndPoint)client.LocalEndPoint!);
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
        found.TransportPeer.Should().Be(found.Client);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);

        // The kernel returns the SYN only once, so the library remembers the result.
        new ToaResolver(_options).TryResolve(server, out ToaResolution again).Should().BeTrue();
        again.Should().Be(found);
    }

    [Fact]
    public void Without_a_kept_packet_nothing_changes()
    {
        using TcpConnection connection = TcpConnection.IPv4ToDualMode();

        new ToaResolver(_options).Resolve(connection.Server).Should().Be(new ToaResolver(new ToaOptions()).Resolve(connection.Server));
        _options.WhenNoProvider = ToaAction.Refuse;
        new ToaResolver(_options).TryResolve(connection.Server, out _).Should().BeFalse();
    }

    [Fact]
    public void An_option_on_the_SYN_names_the_client()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls calls = Kernel(connection, Syn.Saved(Syn.Packet(Balancer, Syn.Option(253, Client))));

        ToaResolution found = new ToaResolver(_options).Resolve(connection.Server, calls);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
    }

    [Fact]
    public void Each_resolver_reads_its_own_formats()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls calls = Kernel(connection, Syn.Saved(Syn.Packet(Balancer, Syn.Option(254, Client))));

        new ToaResolver(_options).Resolve(connection.Server, calls).FallbackReason.Should().Be(ToaFallbackReason.NoOption);
        _options.Formats.Add("baidu,dpvs");
        ToaResolution found = new ToaResolver(_options).Resolve(connection.Server, calls);

        found.Client.ToIPEndPoint().Should().Be(Client);
        found.Format.Should().Be(ToaFormat.IPv6);
    }

    [Fact]
    public void A_reload_does_not_change_the_formats_but_checks_them()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls calls = Kernel(connection, Syn.Saved(Syn.Packet(Balancer, Syn.Option(253, Client))));
        ToaResolver resolver = new(_options);

        resolver.Update(new ToaOptions { Formats = { "baidu" } });

        resolver.Resolve(connection.Server, calls).Client.ToIPEndPoint().Should().Be(Client);
        resolver.Invoking(r => r.Update(new ToaOptions { Formats = { "acme" } })).Should().Throw<ArgumentException>()
            .WithMessage("Formats: 'acme' is not a format: use tencent, *");
    }

    [Theory]
    [InlineData("acme", "Formats: 'acme' is not a format: use tencent, tencent-vpc, alibaba-vpc, *, ucloud, KIND/8 (IPv4) or KIND/20 (IPv6).")]
    [InlineData("34/8", "Formats: '34/8': kind 34 belongs to TCP: use 200, 253 or 254.")]
    [InlineData("252/20,alibaba-vpc", "Formats: '252/20' and 'alibaba-vpc' read kind 252 with length 20 in different ways: set only one of them.")]
    [InlineData(" , ", "Formats: the list is empty: use vendors such as tencent, KIND/8 or KIND/20.")]
    [InlineData(null, "Formats: the list is empty*")]
    public void Formats_that_are_not_valid_are_named(string? formats, string message)
    {
        _options.Formats.Add(formats!);
        _options.KnownProxies.Add("balancer");

        FluentActions.Invoking(() => new ToaResolver(_options)).Should().Throw<ArgumentException>()
            .Which.Message.Split(Environment.NewLine).Should().HaveCount(2).And.ContainMatch(message);
    }

    [Fact]
    public void No_list_of_formats_is_an_empty_one()
    {
        FluentActions.Invoking(() => new ToaResolver(new ToaOptions { Formats = null! })).Should().Throw<ArgumentException>()
            .WithMessage("Formats: the list is empty*");
    }

    [Fact]
    public void Only_if_it_is_asked_for()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls calls = Kernel(connection, Syn.Saved(Syn.Packet(Balancer, Syn.Option(253, Client))));

        new ToaResolver(new ToaOptions()).Resolve(connection.Server, calls).Client.ToIPEndPoint().Should().Be(Balancer);
    }

    [Fact]
    public void A_stranger_s_is_not_believed()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls calls = Kernel(connection, Syn.Saved(Syn.Packet(Balancer, Syn.Option(253, Client))));
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        ToaResolution found = new ToaResolver(_options).Resolve(connection.Server, calls);

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.Trust.Should().Be(ToaTrust.Untrusted);
        found.FallbackReason.Should().Be(ToaFallbackReason.UntrustedPeer);
    }

    [Fact]
    public void What_a_provider_did_not_believe_is_not_looked_for_again()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        ScriptedCalls calls = Kernel(connection, Syn.Saved(Syn.Packet(Balancer, Syn.Option(253, Client)))) with
        {
            Info = Answer.Info(0, 0, null, Balancer),
        };

        ToaResolution found = new ToaResolver(_options).Resolve(connection.Server, calls);

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
    }

    [Theory]
    [InlineData(92)]
    [InlineData(22)]
    [InlineData(1)]
    public void Nor_does_a_refusal_change_anything(int errno)
    {
        using TcpConnection connection = TcpConnection.IPv4();

        ToaResolution found = new ToaResolver(_options).Resolve(connection.Server, Kernel(connection, Answer.Failure(errno)));

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Nor_does_a_length_that_cannot_be(int length)
    {
        using TcpConnection connection = TcpConnection.IPv4();
        byte[] packet = Syn.Packet(Balancer, Syn.Option(253, Client));

        ToaResolution found = new ToaResolver(_options).Resolve(connection.Server, Kernel(connection, new Answer(0, packet, length)));

        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
    }

    [Fact]
    public void All_threads_see_the_one_packet()
    {
        for (int round = 0; round < 200; round++)
        {
            using Socket listener = TcpConnection.Listen(IPAddress.Loopback);
            listener.SaveSyn();
            using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndPoint!);
            using Socket server = listener.Accept();
            ToaResolver resolver = new(_options);

            ParallelEnumerable.Range(0, 8).WithDegreeOfParallelism(4)
                .Select(_ => resolver.Resolve(server).FallbackReason)
                .Should().OnlyContain(reason => reason == ToaFallbackReason.NoOption);
        }
    }

    [Fact]
    public void Sockets_that_keep_no_packets_are_refused()
    {
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Socket closed = TcpConnection.Listen(IPAddress.Loopback);
        closed.Dispose();

        udp.Invoking(socket => socket.SaveSyn()).Should().Throw<NotSupportedException>();
        closed.Invoking(socket => socket.SaveSyn()).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => SocketExtensions.SaveSyn(null!)).Should().Throw<ArgumentNullException>();
    }

    private static ScriptedCalls Kernel(TcpConnection connection, Answer savedSyn) => new()
    {
        Descriptor = connection.Server.Handle,
        PeerName = Answer.IPv4(Balancer.Address, Balancer.Port),
        SavedSyn = savedSyn,
    };
}
