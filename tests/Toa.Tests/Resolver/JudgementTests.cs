using System;
using System.Linq;
using System.Net;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Toa.Internal;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>
/// The decisions of a resolver: the peers that it trusts, the connections that it refuses, and the log messages.
/// </summary>
public sealed class JudgementTests
{
    private static readonly ToaEndPoint Client = new(IPEndPoint.Parse("[2001:db8::1]:40000"), ToaSource.IPv6Option);
    private static readonly ToaEndPoint Name = new(IPEndPoint.Parse("203.0.113.9:7777"), ToaSource.PeerName);
    private static readonly ToaEndPoint Balancer = new(IPEndPoint.Parse("10.1.2.3:1024"), ToaSource.TransportPeer);
    private static readonly ToaEndPoint Stranger = new(IPEndPoint.Parse("192.0.2.66:1024"), ToaSource.TransportPeer);

    private readonly LogRecorder<ToaResolver> _log = new();
    private readonly ToaOptions _options = new();

    private readonly ToaResolution _fromBalancer = new(Client, Balancer, ToaFallbackReason.None);
    private readonly ToaResolution _fromStranger = new(Client, Stranger, ToaFallbackReason.None);
    private readonly ToaResolution _directFromStranger = new(Stranger, Stranger, ToaFallbackReason.NoOption);
    private readonly ToaResolution _nameOnly = new(Name, default, ToaFallbackReason.NoOption);
    private readonly ToaResolution _noProvider = new(Name, Name, ToaFallbackReason.NoProvider);
    private readonly ToaResolution _notLinux = new(Name, Name, ToaFallbackReason.NotLinux);

    [Fact]
    public void Without_known_proxies_all_is_believed()
    {
        ToaResolution found = Judge(_fromStranger);

        found.Client.Should().Be(Client);
        found.Trust.Should().Be(ToaTrust.NotChecked);
        _log.Lines.Should().BeEmpty();
    }

    [Fact]
    public void Through_a_known_network()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        ToaResolution found = Judge(_fromBalancer);

        found.Client.Should().Be(Client);
        found.TransportPeer.Should().Be(Balancer);
        found.Trust.Should().Be(ToaTrust.Trusted);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
        _log.Lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("::ffff:10.1.2.3")]
    public void Through_a_known_proxy(string proxy)
    {
        _options.KnownProxies.Add(IPAddress.Parse(proxy));

        Judge(_fromBalancer).Trust.Should().Be(ToaTrust.Trusted);
        Judge(_fromStranger).Trust.Should().Be(ToaTrust.Untrusted);
    }

    [Fact]
    public void A_stranger_s_option_is_ignored()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        ToaResolution found = Judge(_fromStranger);

        found.Client.Should().Be(Stranger);
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
        found.Trust.Should().Be(ToaTrust.Untrusted);
        found.FallbackReason.Should().Be(ToaFallbackReason.UntrustedPeer);
    }

    [Theory]
    [InlineData("10.0.0.0/8", ToaTrust.Trusted)]
    [InlineData("192.0.2.0/24", ToaTrust.Untrusted)]
    [InlineData(null, ToaTrust.NotChecked)]
    public void Nothing_of_a_stranger_s_option_remains(string? network, ToaTrust trust)
    {
        if (network is not null)
            _options.KnownIPNetworks.Add(network);

        ToaResolution found = Judge(WithDetails(Balancer));

        found.Trust.Should().Be(trust);
        bool isBelieved = trust != ToaTrust.Untrusted;
        found.Client.Should().Be(isBelieved ? Client : Balancer);
        found.Format.Should().Be(isBelieved ? ToaFormat.AlibabaDdos : ToaFormat.None);
        found.VirtualEndPoint.ToString().Should().Be(isBelieved ? "[2001:db8::80]:443" : "");
        found.NetworkId.Should().Be(isBelieved ? 77u : null);
    }

    [Fact]
    public void Nor_of_one_that_cannot_be_checked_but_the_client()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        ToaResolution found = Judge(WithDetails(default));

        found.Trust.Should().Be(ToaTrust.Unknown);
        found.Client.Should().Be(Client);
        found.Format.Should().Be(ToaFormat.None);
        found.VirtualEndPoint.Source.Should().Be(ToaSource.None);
        found.NetworkId.Should().BeNull();
    }

    [Fact]
    public void A_stranger_without_an_option_is_his_own_client()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        ToaResolution found = Judge(_directFromStranger);

        found.Client.Should().Be(Stranger);
        found.Trust.Should().Be(ToaTrust.Untrusted);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
    }

    [Fact]
    public void Strangers_are_logged_once_for_each_network()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");
        ToaResolver resolver = new(_options, _log);
        foreach (string peer in new[]
        {
            "192.0.2.66:1", "192.0.2.67:2", "192.0.3.1:3", "[2001:db8::1]:4", "[2001:db8::ffff:0:0:2]:5", "[2001:db8:0:1::]:6",
        })
            Judge(resolver, new ToaResolution(Client, At(peer), ToaFallbackReason.None));

        _log.Lines.Should().OnlyContain(line => line.Level == LogLevel.Warning);
        _log.Lines.Select(line => line.Text.Split(' ')[3]).Should().Equal(
            "192.0.2.66:1", "192.0.3.1:3", "[2001:db8::1]:4", "[2001:db8:0:1::]:6");
    }

    [Fact]
    public void Strangers_cannot_fill_the_log_or_the_memory()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");
        ToaResolver resolver = new(_options, _log);
        for (int i = 0; i < 10 * SeenNetworks.Limit; i++)
            Judge(resolver, new ToaResolution(Client, At($"172.{16 + i / 256}.{i % 256}.1:1"), ToaFallbackReason.None));

        _log.Lines.Should().HaveCount(SeenNetworks.Limit);
    }

    [Fact]
    public void Strangers_are_refused_on_demand()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");
        _options.WhenUntrusted = ToaAction.Refuse;

        Refuses(_fromStranger).Should().BeTrue();
        Refuses(_directFromStranger).Should().BeTrue();
        Refuses(_fromBalancer).Should().BeFalse();
        Refuses(_noProvider).Should().BeTrue("its name is no balancer's");
        Refuses(_nameOnly).Should().BeTrue("its transport peer is unknown");
    }

    [Theory]
    [InlineData(ToaAction.UseTransportPeer, ToaAction.Refuse, true)]
    [InlineData(ToaAction.Refuse, ToaAction.UseTransportPeer, false)]
    [InlineData(ToaAction.Refuse, null, true)]
    [InlineData(ToaAction.UseTransportPeer, null, false)]
    public void What_cannot_be_checked_has_an_option_of_its_own(ToaAction whenUntrusted, ToaAction? whenUnknown, bool isRefused)
    {
        _options.KnownIPNetworks.Add("203.0.113.0/24");
        _options.WhenUntrusted = whenUntrusted;
        _options.WhenUnknown = whenUnknown;
        ToaResolver resolver = new(_options, _log);

        Refuses(_nameOnly).Should().Be(isRefused);
        resolver.TryResolveWithoutSocket(IPEndPoint.Parse("203.0.113.9:7777"), out ToaResolution found).Should().Be(!isRefused);
        resolver.TryResolveWithoutSocket(IPEndPoint.Parse("203.0.113.9:7777"), out _).Should().Be(!isRefused);

        found.Client.Should().Be(Name);
        found.Trust.Should().Be(ToaTrust.Unknown);
        found.TransportPeer.Source.Should().Be(ToaSource.None);
        _log.Lines.Should().ContainSingle().Which.Text.Should().Contain("has no TCP socket");
    }

    [Fact]
    public void Without_a_socket_there_is_no_provider()
    {
        new ToaResolver(_options).TryResolveWithoutSocket(IPEndPoint.Parse("203.0.113.9:7777"), out ToaResolution found).Should().BeTrue();
        found.Trust.Should().Be(ToaTrust.NotChecked);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);

        _options.WhenNoProvider = ToaAction.Refuse;
        new ToaResolver(_options).TryResolveWithoutSocket(IPEndPoint.Parse("203.0.113.9:7777"), out _).Should().BeFalse();
        new ToaResolver(_options).Invoking(r => r.TryResolveWithoutSocket(null!, out _))
            .Should().Throw<ArgumentNullException>().WithParameterName("accepted");
    }

    [Fact]
    public void Another_vendor_s_provider_hides_the_transport_peer()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");
        ToaResolver resolver = new(_options, _log);

        ToaResolution found = Judge(resolver, _nameOnly);
        Judge(resolver, _nameOnly);
        Judge(resolver, _nameOnly);

        found.Client.Should().Be(Name);
        found.Trust.Should().Be(ToaTrust.Unknown);
        _log.Lines.Should().ContainSingle().Which.Text.Should().Contain("cannot be checked");
    }

    [Fact]
    public void Without_a_provider_a_name_is_the_transport_peer_s()
    {
        _options.KnownIPNetworks.Add("10.0.0.0/8");

        ToaResolution found = Judge(_noProvider);

        found.Client.Should().Be(Name);
        found.Trust.Should().Be(ToaTrust.Untrusted);
        _log.Lines.Should().Contain(line => line.Text.Contains("No TOA provider"));
        _options.KnownProxies.Add("203.0.113.9");
        Judge(_noProvider).Trust.Should().Be(ToaTrust.Trusted);
        Judge(_noProvider).TransportPeer.Should().Be(Name);
    }

    [Fact]
    public void A_name_that_is_a_known_proxy_s_may_be_forged()
    {
        _options.KnownIPNetworks.Add("203.0.113.0/24");

        ToaResolution found = Judge(_nameOnly);

        found.Trust.Should().Be(ToaTrust.Unknown);
        found.TransportPeer.Source.Should().Be(ToaSource.None);
        _log.Lines.Should().ContainSingle().Which.Text.Should().Contain("cannot be checked");
    }

    [Fact]
    public void An_option_s_client_in_a_known_network_proves_nothing()
    {
        _options.KnownIPNetworks.Add("2001:db8::/32");

        Judge(new ToaResolution(Client, default, ToaFallbackReason.None)).Trust.Should().Be(ToaTrust.Unknown);
    }

    [Fact]
    public void No_provider_is_said_once_and_refused_on_demand()
    {
        ToaResolver resolver = new(_options, _log);
        resolver.Judge(ref Copy(_noProvider)).Should().BeTrue();
        resolver.Judge(ref Copy(_noProvider)).Should().BeTrue();
        resolver.Judge(ref Copy(_notLinux)).Should().BeTrue();
        _log.Lines.Should().ContainSingle().Which.Text.Should().Contain("No TOA provider serves this process");

        _options.WhenNoProvider = ToaAction.Refuse;
        Refuses(_noProvider).Should().BeTrue();
        Refuses(_notLinux).Should().BeTrue();
        Refuses(_directFromStranger).Should().BeFalse();
    }

    [Fact]
    public void What_a_refusal_says()
    {
        ToaResolution untrusted = new(Stranger, Stranger, ToaFallbackReason.UntrustedPeer, ToaTrust.Untrusted);

        new ToaRefusedException(untrusted).Message.Should().Contain("192.0.2.66:1024").And.Contain("KnownProxies");
        new ToaRefusedException(_noProvider).Message.Should().Contain("203.0.113.9:7777").And.Contain("no TOA provider")
            .And.Contain("Load the kernel module");
        new ToaRefusedException(new ToaResolution(Name, default, ToaFallbackReason.NoOption, ToaTrust.Unknown)).Message
            .Should().Contain("cannot be checked").And.Contain("WhenUnknown");
        new ToaRefusedException(_noProvider).Resolution.Client.Should().Be(Name);
    }

    private static ToaEndPoint At(string endPoint) => new(IPEndPoint.Parse(endPoint), ToaSource.TransportPeer);

    private static ToaResolution WithDetails(ToaEndPoint peer) => new(
        Client, peer, format: ToaFormat.AlibabaDdos,
        virtualEndPoint: new ToaEndPoint(IPEndPoint.Parse("[2001:db8::80]:443"), ToaSource.IPv6Option), networkId: 77);

    private static ref ToaResolution Copy(ToaResolution resolution) => ref new ToaResolution[] { resolution }[0];

    private static ToaResolution Judge(ToaResolver resolver, ToaResolution found)
    {
        resolver.Judge(ref found);
        return found;
    }

    private ToaResolution Judge(ToaResolution found) => Judge(new ToaResolver(_options, _log), found);

    private bool Refuses(ToaResolution found) => !new ToaResolver(_options).Judge(ref found);
}
