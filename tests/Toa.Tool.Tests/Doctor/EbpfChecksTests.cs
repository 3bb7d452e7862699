using System;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary><c>toa doctor</c> with the eBPF provider: the same findings, and its own commands against them.</summary>
public sealed class EbpfChecksTests : IDisposable
{
    private const string Client = "192.0.2.10:55000";

    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Its_trusted_networks_are_told() =>
        (await Diagnosis.OfAsync(_machine.WithEbpf())).Only("TOA31", "TOA310").Seen.Should().Be("trusted=10.0.0.0/8");

    [Fact]
    public async Task Neither_headers_nor_an_installed_module_are_missed()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.WithEbpf());

        found.Ids.Should().NotContain(id => id.StartsWith("TOA20", StringComparison.Ordinal) || id.StartsWith("TOA21", StringComparison.Ordinal));
        found.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Whoever_is_believed_it_is_told_how_to_name_networks()
    {
        _machine.WithEbpf(trusted: "");

        (await Diagnosis.OfAsync(_machine)).Only("TOA31", "TOA311").Next.Should()
            .Contain("toa-bpf set trusted=10.0.0.0/8").And.Contain("/etc/default/toa-bpf").And.NotContain("/sys/module");
    }

    [Fact]
    public async Task A_kind_that_it_does_not_read_is_told_of_with_the_command_that_adds_it()
    {
        _machine.WithEbpf();
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        _machine.Packets.Add(TcpPackets.Build(TcpPackets.Option(254, Client)));

        (await Diagnosis.OfAsync(_machine))["TOA705"].Next.Should().Be("Add it: toa-bpf set ipv4_kinds=200,254.");
    }

    [Fact]
    public async Task Options_on_the_SYN_only_need_its_setting()
    {
        _machine.WithEbpf();
        _machine.Packets.Add(TcpPackets.Syn(TcpPackets.Option(200, Client)));

        (await Diagnosis.OfAsync(_machine))["TOA710"].Next.Should().StartWith("toa-bpf set syn=Y, and restart the servers");
    }

    [Fact]
    public async Task Options_from_outside_its_networks_are_told_of_with_its_command()
    {
        _machine.WithEbpf(counters: "syn_recv_sock_toa: 0 0\nuntrusted: 1 2\n");

        (await Diagnosis.OfAsync(_machine))["TOA413"].Next.Should().Contain("toa-bpf set trusted=+192.0.2.0/24");
    }
}
