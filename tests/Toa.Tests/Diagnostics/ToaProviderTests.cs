using System;
using System.IO;
using FluentAssertions;
using Toa.Diagnostics;
using Toa.Internal;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Diagnostics;

/// <summary>The detection of each provider.</summary>
public sealed class ToaProviderTests : IDisposable
{
    private const int NotConnected = 107;

    private static readonly string[] ContainerVariables = ["KUBERNETES_SERVICE_HOST", "DOTNET_RUNNING_IN_CONTAINER"];

    private static readonly ProviderAnswers Nothing = new(Lookup: false, Info: false);
    private static readonly ProviderAnswers PublicAbi = new(Lookup: true, Info: false);
    private static readonly ProviderAnswers Everything = new(Lookup: true, Info: true);

    private readonly FakeHost _host = new FakeHost()
        .Write("proc/sys/kernel/osrelease", "6.12.9-cloud-amd64\n")
        .Write("etc/os-release", "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n")
        .Write("proc/modules", "nf_tables 16384 0 - Live 0x0\ntun 65536 2 - Live 0x0\n");

    public ToaProviderTests()
    {
        // The test machine may be a container itself.
        foreach (string variable in ContainerVariables)
            Environment.SetEnvironmentVariable(variable, null);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Nobody()
    {
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.None);
    }

    [Fact]
    public void Our_module()
    {
        _host.Write("proc/modules", "toa 32768 0 - Live 0x0 (OE)\n");

        ToaProvider provider = Detect(Everything);

        provider.Kind.Should().Be(ToaProviderKind.ToaModule);
        provider.Modules.Should().Equal("toa");
        provider.AnswersInfo.Should().BeTrue();
        provider.AnswersIPv6Lookup.Should().BeTrue();
    }

    [Theory]
    [InlineData("tun", "TOA provider: None; kernel 6.12.9-cloud-amd64, Debian GNU/Linux 12 (bookworm), host")]
    [InlineData("toa\nhwtoa", "TOA provider: OtherModule (toa, hwtoa); kernel 6.12.9-cloud-amd64, Debian GNU/Linux 12 (bookworm), host")]
    public void In_one_line(string modules, string expected)
    {
        _host.Write("proc/modules", modules + "\n");

        Detect(Nothing).ToString().Should().Be(expected);
        _host.Write(".dockerenv", "");
        Detect(Nothing).ToString().Should().EndWith(", container");
    }

    [Fact]
    public void The_distribution_s_name_is_the_administrator_s_or_else_the_vendor_s()
    {
        _host.Write("usr/lib/os-release", "PRETTY_NAME='TencentOS Server 4'\n");
        Detect(Nothing).OperatingSystemName.Should().Be("Debian GNU/Linux 12 (bookworm)");

        _host.Write("etc/os-release", "");
        Detect(Nothing).OperatingSystemName.Should().Be("TencentOS Server 4");
    }

    [Fact]
    public void Our_eBPF_provider()
    {
        Detect(Everything).Kind.Should().Be(ToaProviderKind.ToaEbpf);
    }

    [Fact]
    public void Another_vendor_s_module_of_this_project_s_name_beside_our_eBPF_provider()
    {
        _host.Write("proc/modules", "toa 32768 0 - Live 0x0 (OE)\n").Write("sys/module/toa/refcnt", "0\n");

        ToaProvider provider = Detect(Everything);

        provider.Kind.Should().Be(ToaProviderKind.ToaEbpf);
        provider.TrustedNetworks.Should().BeNull();
        _host.Write("sys/module/toa/parameters/formats", "tencent\n");
        Detect(Everything).Kind.Should().Be(ToaProviderKind.ToaModule);
    }

    [Theory]
    [InlineData("any", false)]
    [InlineData("", false)]
    [InlineData("10.0.0.0/8,2001:db8::/64", true)]
    public void The_networks_that_our_module_trusts(string trusted, bool expected)
    {
        _host.Write("proc/modules", "toa 32768 0 - Live 0x0 (OE)\n").Write("sys/module/toa/parameters/formats", "tencent\n")
            .Write("sys/module/toa/parameters/trusted", trusted + "\n");

        ToaProvider provider = Detect(Everything);

        provider.TrustedNetworks.Should().Be(trusted);
        provider.HasTrustedNetworks.Should().Be(expected);
        Detect(Nothing).HasTrustedNetworks.Should().BeFalse("another vendor's module has no such list");
    }

    [Theory]
    [InlineData("toa")]
    [InlineData("hwtoa")]
    [InlineData("slb_toa")]
    [InlineData("toa_v6")]
    [InlineData("nat_toa_hook")]
    [InlineData("TOA")]
    [InlineData("vtoa")]
    [InlineData("ttm")]
    [InlineData("hookers")]
    public void Another_module(string name)
    {
        _host.Write("proc/modules", $"{name} 16384 0 - Live 0x0 (OE)\n");

        Detect(PublicAbi).Kind.Should().Be(ToaProviderKind.OtherModule);
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.OtherModule, "it may know of IPv4 clients only");
    }

    [Theory]
    [InlineData("proc/net/vtoa_stats")]
    [InlineData("proc/sys/net/ipv4/slb_vtoa/v6vtoa_info_mode")]
    public void Alibaba_Cloud_s_module_is_known_by_its_files(string file)
    {
        _host.Write("proc/modules", "vtoa 16384 0 - Live 0x0 (OE)\nhookers 16384 1 vtoa, Live 0x0\n").Write(file, "0\n");

        ToaProvider provider = Detect(Nothing);

        provider.Kind.Should().Be(ToaProviderKind.AlibabaCloud);
        provider.Modules.Should().Equal("vtoa", "hookers");
        provider.AnswersVtoa.Should().BeFalse();
        Detect(Everything).Kind.Should().Be(ToaProviderKind.ToaEbpf, "this project's provider answers first");
        _host.Files.MayRewriteNames.Should().BeTrue();
    }

    [Fact]
    public void Alibaba_Cloud_s_module_is_known_by_its_answer()
    {
        ToaProvider provider = Detect(new ProviderAnswers(Lookup: false, Info: false, Vtoa: true));

        provider.Kind.Should().Be(ToaProviderKind.AlibabaCloud);
        provider.AnswersVtoa.Should().BeTrue();
    }

    [Theory]
    [InlineData("ttm 110592 1 drm_vram_helper, Live 0x0\n", "")]
    [InlineData("ttm 110592 0 - Live 0x0\n", "65536\n")]
    [InlineData("ttm 110592 -1 drm_vram_helper, Unloading 0x0\n", "")]
    [InlineData("photoart 16384 0 - Live 0x0\n", "")]
    public void A_module_that_only_has_such_a_name(string modules, string pagesLimit)
    {
        _host.Write("proc/modules", modules);
        if (pagesLimit.Length > 0)
            _host.Write("sys/module/ttm/parameters/pages_limit", pagesLimit);

        Detect(Nothing).Kind.Should().Be(ToaProviderKind.None);
    }

    [Theory]
    [InlineData("6.12.9-cloud-amd64", "tun 65536 2 - Live 0x0\n", false, false)]
    [InlineData("6.12.9-cloud-amd64", "vtoa 16384 0 - Live 0x0\n", false, true)]
    [InlineData("6.12.9-cloud-amd64", "ttm 16384 1 - Loading 0x0\n", false, true)]
    [InlineData("6.12.9-cloud-amd64", "ttm 16384 -1 - Unloading 0x0\n", false, true)]
    [InlineData("6.12.9-cloud-amd64", "", true, true)]
    [InlineData("5.4.241-1-tlinux4-0017", "", false, true)]
    public void Who_may_rewrite_names(string release, string modules, bool isBuiltIn, bool expected)
    {
        _host.Write("proc/sys/kernel/osrelease", release + "\n").Write("proc/modules", modules);
        if (isBuiltIn)
            _host.Write("sys/module/toa/uevent", "");

        _host.Files.MayRewriteNames.Should().Be(expected);
    }

    [Theory]
    [InlineData("proc/net/vtoa_stats")]
    [InlineData("proc/sys/net/ipv4/slb_vtoa/v6vtoa_info_mode")]
    public void Alibaba_Cloud_s_module_may_rewrite_names_also_if_it_is_built_in(string file)
    {
        _host.Write("proc/sys/kernel/osrelease", "5.10.134-16.al8.x86_64\n").Write("proc/modules", "");
        _host.Files.MayRewriteNames.Should().BeFalse();

        _host.Write(file, "0\n");

        _host.Files.MayRewriteNames.Should().BeTrue();
    }

    [Fact]
    public void What_cannot_be_read_does_not_rule_out_a_module_that_rewrites_names()
    {
        using FakeHost withoutModules = new FakeHost().Write("proc/sys/kernel/osrelease", "6.18.44\n");
        withoutModules.Files.MayRewriteNames.Should().BeFalse("its kernel has no modules");

        using FakeHost processesOnly = new FakeHost().Write("proc/self/status", "");
        processesOnly.Files.MayRewriteNames.Should().BeTrue("it does not see /proc/modules");

        using FakeHost refused = new FakeHost().Write("proc/sys/kernel/osrelease", "6.18.44\n").Write("proc/modules/x", "");
        refused.Files.MayRewriteNames.Should().BeTrue("opening its /proc/modules fails");

        string modules = _host.Files.PathOf("proc/modules");
        using FileStream locked = new(modules, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        _host.Files.MayRewriteNames.Should().BeTrue("it cannot read /proc/modules");
    }

    [Theory]
    [InlineData("3.10.107-1-tlinux2-0049")]
    [InlineData("3.10.107-1-tlinux2_kvm_guest-0049")]
    [InlineData("4.14.105-1-tlinux3-0013")]
    [InlineData("4.14.105-19-0024")]
    [InlineData("5.4.119-1-tlinux4-0009")]
    [InlineData("5.4.119-19-0006")]
    [InlineData("5.4.119-19-0009.11")]
    [InlineData("5.4.119-19.0009.28")]
    [InlineData("5.4.241-1-tlinux4-0017.7")]
    [InlineData("5.4.241-24.0017.41.1")]
    [InlineData("6.6.30-5.tl4.x86_64")]
    [InlineData("6.6.117-45.7.3.tl4.x86_64")]
    public void Kernels_of_TencentOS(string release)
    {
        _host.Write("proc/sys/kernel/osrelease", release + "\n");

        Detect(Nothing).IsTencentOSKernel.Should().BeTrue();
        _host.Files.MayRewriteNames.Should().BeTrue("its module can be built in, and is visible nowhere then");
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.None, "the module is not loaded on each of them");
        Detect(PublicAbi).Kind.Should().Be(ToaProviderKind.Unknown, "TencentOS's module answers no socket option");
    }

    [Theory]
    [InlineData("6.12.9-cloud-amd64")]
    [InlineData("6.1.0-13-amd64")] // Debian
    [InlineData("5.10.0-0.deb10.16-amd64")]
    [InlineData("5.15.0-1051-aws")] // Ubuntu
    [InlineData("5.4.0-2102-generic")]
    [InlineData("3.10.0-1160.119.1.el7.x86_64")] // RHEL
    [InlineData("5.14.0-427.13.1.el9_4.x86_64")]
    [InlineData("5.15.0-100.96.32.el8uek.x86_64")]
    [InlineData("5.14.21-150500.55.19-default")] // SUSE
    [InlineData("4.12.14-122.1234-default")]
    [InlineData("5.10.0-60.18.0.50.oe2203.x86_64")] // openEuler
    [InlineData("4.19.90-2403.3.0.0270.oe1.x86_64")]
    [InlineData("5.10.134-16.al8.x86_64")]
    [InlineData("6.1.55-75.123.amzn2023.x86_64")]
    [InlineData("5.4.119")]
    [InlineData("5.15.0-1051")]
    [InlineData("6.18.44-2")]
    public void Kernels_of_other_vendors(string release)
    {
        _host.Write("proc/sys/kernel/osrelease", release + "\n");

        Detect(Nothing).IsTencentOSKernel.Should().BeFalse();
        _host.Files.MayRewriteNames.Should().BeFalse();
    }

    [Theory]
    [InlineData("", ToaProviderKind.TencentOS)]
    [InlineData("E", ToaProviderKind.TencentOS)] // unsigned
    [InlineData("O", ToaProviderKind.OtherModule)]
    [InlineData("OE", ToaProviderKind.OtherModule)]
    [InlineData(null, ToaProviderKind.OtherModule)]
    public void TencentOS_s_own_module_is_not_marked_as_built_elsewhere(string? taint, ToaProviderKind expected)
    {
        _host.Write("proc/sys/kernel/osrelease", "4.14.105-19-0024\n").Write("proc/modules", "toa 16384 0 - Live 0x0\n")
            .Write("sys/module/toa/refcnt", "0\n");
        if (taint is not null)
            _host.Write("sys/module/toa/taint", taint + "\n");

        Detect(Nothing).Kind.Should().Be(expected);
    }

    [Fact]
    public void TencentOS_s_own_module_is_one_on_its_kernel_that_answers_nothing_and_has_no_parameter_of_ours()
    {
        _host.Write("proc/sys/kernel/osrelease", "5.4.119-19-0009.11\n").Write("proc/modules", "toa 16384 0 - Live 0x0\n")
            .Write("sys/module/toa/taint", "\n").Write("sys/module/toa/parameters/vtoa", "0\n");
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.TencentOS);

        Detect(PublicAbi).Kind.Should().Be(ToaProviderKind.OtherModule);
        Detect(Everything).Kind.Should().Be(ToaProviderKind.ToaEbpf);

        _host.Write("proc/modules", "toa 16384 0 - Live 0x0\nhwtoa 16384 0 - Live 0x0\n");
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.OtherModule);
        _host.Write("proc/modules", "hwtoa 16384 0 - Live 0x0\n");
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.OtherModule);

        _host.Write("proc/modules", "toa 16384 0 - Live 0x0\n").Write("proc/sys/kernel/osrelease", "5.4.119\n");
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.OtherModule);

        _host.Write("proc/sys/kernel/osrelease", "5.4.119-19-0009.11\n").Write("sys/module/toa/parameters/formats", "tencent\n");
        Detect(Nothing).Kind.Should().Be(ToaProviderKind.OtherModule, "it is this project's, and does not answer");
    }

    [Theory]
    [InlineData(".dockerenv", "")]
    [InlineData("run/.containerenv", "")]
    [InlineData("proc/1/cgroup", "12:pids:/kubepods/besteffort/pod1/abc\n")]
    [InlineData("proc/1/cgroup", "1:name=systemd:/docker/0123456789\n")]
    [InlineData("proc/1/cgroup", "1:name=systemd:/containerd/0123456789\n")]
    [InlineData("proc/1/cgroup", "1:name=systemd:/lxc/web\n")]
    [InlineData("proc/1/cgroup", "1:name=systemd:/libpod_parent/0123456789\n")]
    public void Containers(string file, string text)
    {
        _host.Write("proc/1/cgroup", "0::/init.scope\n");
        Detect(Nothing).IsContainer.Should().BeFalse();

        _host.Write(file, text);
        Detect(Nothing).IsContainer.Should().BeTrue();
    }

    [Fact]
    public void Containers_by_their_environment()
    {
        foreach (string variable in ContainerVariables)
        {
            Environment.SetEnvironmentVariable(variable, "true");
            Detect(Nothing).IsContainer.Should().BeTrue();
            Environment.SetEnvironmentVariable(variable, null);
        }

        Detect(Nothing).IsContainer.Should().BeFalse();
    }

    [Fact]
    public void A_machine_that_shows_nothing()
    {
        using FakeHost empty = new();

        ToaProvider provider = ToaProvider.Detect(empty.Files, Nothing);

        provider.Kind.Should().Be(ToaProviderKind.None);
        provider.KernelRelease.Should().NotBeEmpty();
        provider.OperatingSystemName.Should().NotBeEmpty();
    }

    [Fact]
    public void This_machine()
    {
        ToaProvider provider = ToaProvider.Detect();

        provider.KernelRelease.Should().Be(File.ReadAllText("/proc/sys/kernel/osrelease").Trim());
        provider.AnswersInfo.Should().Be(ProviderAnswers.Ask(default(LibcCalls)).Info);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(14, true)]
    [InlineData(22, true)]
    [InlineData(NotConnected, true)]
    [InlineData(92, false)]
    [InlineData(95, false)]
    [InlineData(1, false)]
    public void A_question_is_known_by_its_errno(int errno, bool expected)
    {
        new ScriptedCalls { Option = Answer.Failure(errno), Info = Answer.Failure(92) }.Ask()
            .Should().Be(new ProviderAnswers(expected, false));
        new ScriptedCalls { Option = Answer.Failure(92), Info = Answer.Failure(errno) }.Ask()
            .Should().Be(new ProviderAnswers(false, expected));
        new ScriptedCalls { VtoaAnswer = _ => Answer.Failure(errno) }.Ask().Should().Be(new ProviderAnswers(false, false, expected));
    }

    private ToaProvider Detect(ProviderAnswers answers) => ToaProvider.Detect(_host.Files, answers);
}
