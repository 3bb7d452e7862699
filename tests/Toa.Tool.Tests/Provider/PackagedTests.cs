using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider install</c> and <c>uninstall</c> on machines where a package of the distribution has a provider.</summary>
public sealed class PackagedTests : IDisposable
{
    private const string Loader = "usr/sbin/toa-bpf", Source = "usr/src/toa-0.0.9/include/toa.h";
    private const string Built = "lib/modules/" + FakeMachine.Release + "/extra/toa/toa.ko";

    private readonly FakeMachine _machine = new FakeMachine()
        .Write($"lib/modules/{FakeMachine.Release}/build/Makefile", "").Write("run/systemd/system/x", "")
        .Program("dkms").Program("systemctl").Program("toa-bpf unload");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_packaged_eBPF_provider_is_left_to_apt()
    {
        _machine.Write(Loader, "").Program("dpkg-query --search /usr/sbin/toa-bpf", "toa-bpf: /usr/sbin/toa-bpf\n");

        await RefusedAsync("install --kind ebpf",
            "/usr/sbin/toa-bpf belongs to the package toa-bpf. To upgrade it, run apt-get install toa-bpf. To install another copy "
            + "with toa, first run apt-get remove toa-bpf.");
        await RefusedAsync("uninstall --kind ebpf",
            "/usr/sbin/toa-bpf belongs to the package toa-bpf. Remove it with apt-get remove toa-bpf.");
        await RefusedAsync("install",
            "the package toa-bpf has the other provider, which would be loaded together with this one. First run apt-get remove toa-bpf.");
    }

    [Fact]
    public async Task A_packaged_module_s_source_is_left_to_apt()
    {
        _machine.Write(Source, "").Program("dpkg-query --search /usr/src/toa-0.0.9/include/toa.h", $"toa-dkms: /{Source}\n");

        await RefusedAsync("install", $"/{Source} belongs to the package toa-dkms. To upgrade it, run apt-get install toa-dkms.");
        await RefusedAsync("uninstall", $"/{Source} belongs to the package toa-dkms. Remove it with apt-get remove toa-dkms.");
        await RefusedAsync("install --kind ebpf", "the package toa-dkms has the other provider");
    }

    [Theory]
    [InlineData("usr/bin/dnf", "dnf")]
    [InlineData("usr/bin/zypper", "zypper")]
    public async Task A_packaged_module_for_this_kernel_is_left_to_rpm(string program, string manager)
    {
        _machine.Write(program, "").Write(Built, Encoding.ASCII.GetBytes("\0parm=formats:TOA options\0"))
            .Program($"rpm -qf --queryformat %{{NAME}}\n {_machine.Root}/{Built}", "kmod-toa\n");

        await RefusedAsync("install", $"belongs to the package kmod-toa. To upgrade it, run {manager} install kmod-toa.");
        await RefusedAsync("uninstall", $"belongs to the package kmod-toa. Remove it with {manager} remove kmod-toa.");
    }

    [Fact]
    public async Task Files_of_no_package_are_changed()
    {
        _machine.Write(Loader, "").Program("dpkg-query --search", exitCode: 1, error: "no path found\n")
            .Program("rpm -qf", exitCode: 1, error: "is not owned by any package\n");

        Run run = await Run.ToaAsync(_machine, "provider", "install", "--kind", "ebpf");

        run.ExitCode.Should().Be(0, run.Error);
        File.Exists(Path.Combine(_machine.Root, "usr/local/sbin/toa-bpf")).Should().BeTrue();
    }

    // Nothing may change, not even in the dry run.
    private async Task RefusedAsync(string command, string error)
    {
        string[] before = Files();
        _machine.Calls.Clear();

        foreach (string dry in (string[])["", "--dry-run"])
        {
            Run run = await Run.ToaAsync(_machine, ["provider", .. $"{command} {dry}".Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            run.ExitCode.Should().Be(1);
            run.Error.Should().StartWith("toa: ").And.Contain(error);
        }

        Files().Should().Equal(before);
        _machine.Calls.Should().OnlyContain(call => call.StartsWith("dpkg-query") || call.StartsWith("rpm -qf"));
    }

    private string[] Files() => [.. Directory.GetFiles(_machine.Root, "*", SearchOption.AllDirectories).Order()];
}
