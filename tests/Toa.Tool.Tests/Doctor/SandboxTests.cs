using System;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>Containers with a kernel of their own, with files as these runtimes show them.</summary>
public sealed class SandboxTests : IDisposable
{
    private const string GVisorVersion = "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n";
    private const string GVisorVersion2025 = "Linux version 4.19.0-gvisor #1 SMP Sun Jan 10 15:06:54 PST 2016\n";

    private const string GVisorMounts =
        "none / 9p rw,trans=fd,rfdno=4,wfdno=4,aname=/,dfltuid=4294967294,dfltgid=4294967294,dcache=1000,cache=remote_revalidating,disable_fifo_open,"
        + "overlayfs_stale_read,directfs 0 0\nnone /dev tmpfs rw,mode=0755 0 0\nnone /sys sysfs ro,noexec,nosuid,dentry_cache_limit=1000 0 0\n"
        + "none /proc proc rw,dentry_cache_limit=1000 0 0\n";

    private const string GVisorLog = "[    0.000000] Starting gVisor...\n[    0.392651] Letting the watchdogs out...\n[    2.640245] Ready!\n";

    private const string KataCommandLine =
        "tsc=reliable no_timer_check rcupdate.rcu_expedited=1 reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0 root=/dev/pmem0p1 "
        + "rootflags=dax,data=ordered,errors=remount-ro ro rootfstype=ext4 console=hvc0 console=hvc1 quiet systemd.show_status=false panic=1 nr_cpus=4 "
        + "selinux=0 systemd.unit=kata-containers.target systemd.mask=systemd-networkd.service systemd.mask=systemd-networkd.socket scsi_mod.scan=none\n";

    private const string KataInitrdCommandLine = "reboot=k panic=1 init=/usr/bin/kata-agent agent.log=debug console=ttyS1\n";

    private const string KataAgentCommandLine = "reboot=k panic=1 root=/dev/vda1 ro rootfstype=ext4 agent.container_pipe_size=1 console=ttyS1 agent.log_vport=1025\n";

    private const string KataMounts = "none / virtiofs rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\ntmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0\n";

    private const string KataSharedMounts = "kataShared / virtiofs rw,relatime,dax 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n";

    private const string BlockMounts = "/dev/vdb / ext4 rw,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n";

    private const string DebianVersion = "Linux version 6.1.0-57-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0) #1 SMP PREEMPT_DYNAMIC\n";

    private const string DebianCommandLine = "BOOT_IMAGE=/boot/vmlinuz-6.1.0-57-cloud-amd64 root=UUID=7e0a ro console=ttyS0 quiet\n";

    private const string WslMounts = "C:\\134 /mnt/c 9p rw,noatime,aname=drvfs;path=C:\\;uid=0;gid=0,access=client,msize=65536,trans=fd,rfdno=5,wfdno=5 0 0\n";

    private readonly FakeMachine _machine = new();

    public SandboxTests()
    {
        // The test machine may be a container itself.
        foreach (string variable in (string[])["KUBERNETES_SERVICE_HOST", "DOTNET_RUNNING_IN_CONTAINER"])
            Environment.SetEnvironmentVariable(variable, null);
    }

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(GVisorVersion, GVisorMounts, "", "Signs: the version of the kernel, file systems of type 9p.")]
    [InlineData(GVisorVersion2025, BlockMounts, GVisorLog, "Signs: the version of the kernel, the kernel's log.")]
    [InlineData(DebianVersion, GVisorMounts, GVisorLog, "Signs: file systems of type 9p, the kernel's log.")]
    public async Task GVisor_is_detected_by_two_signs(string version, string mounts, string log, string seen)
    {
        Write(version, DebianCommandLine, mounts).Program("dmesg", log);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA10", "TOA100", "TOA105").Seen.Should().Be(seen);
        found["TOA105"].Next.Should().Contain("runc").And.Contain("PROXY protocol");
        found.Only("TOA11", "TOA111").Next.Should().Be("The host's providers do not serve this process: see TOA105.");
        found.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task In_gVisor_nothing_is_said_of_modules_and_eBPF_programs()
    {
        Write(GVisorVersion, "", GVisorMounts).Write(".dockerenv", "").Remove("sys/kernel").Remove("sys/firmware");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Ids.Where(id => id != "TOA605").Should().Equal("TOA100", "TOA105", "TOA111");
    }

    [Theory]
    [InlineData(KataCommandLine, KataMounts, false, "Signs: the command line of the kernel, a file system that Kata shares.")]
    [InlineData(KataCommandLine, KataSharedMounts, true, "Signs: the command line of the kernel, a file system that Kata shares, signs of a container.")]
    [InlineData(KataCommandLine, BlockMounts, true, "Signs: the command line of the kernel, signs of a container.")]
    [InlineData(KataInitrdCommandLine, BlockMounts, true, "Signs: the command line of the kernel, signs of a container.")]
    [InlineData(KataAgentCommandLine, KataMounts, false, "Signs: the command line of the kernel, a file system that Kata shares.")]
    public async Task Kata_is_detected_by_two_signs(string commandLine, string mounts, bool isContainer, string seen)
    {
        Write(DebianVersion, commandLine, mounts);
        if (isContainer)
            _machine.Write(".dockerenv", "");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA10", "TOA100", "TOA106").Seen.Should().Be(seen);
        found["TOA106"].Next.Should().Contain("kernel_modules");
        found.Only("TOA11", "TOA111").Next.Should().Be("The host's providers do not serve this process: see TOA106.");
        found["TOA202"].Next.Should().Be("The module is built where the guest's image is made.");
        found.Ids.Should().NotContain(id => id.StartsWith("TOA21"));
    }

    [Fact]
    public async Task A_provider_in_the_kernel_of_Kata_is_good()
    {
        Write(DebianVersion, KataCommandLine, KataMounts).WithModule();

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA106"].Seen.Should().EndWith(" A provider answers in the guest kernel.");
        found.Only("TOA11", "TOA110");
        found.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData(DebianVersion, DebianCommandLine, KataMounts, false)] // a virtual machine with virtio-fs
    [InlineData(DebianVersion, DebianCommandLine, KataMounts, true)] // a container of libkrun
    [InlineData(DebianVersion, KataAgentCommandLine, BlockMounts, true)] // other words that begin with agent.
    [InlineData(DebianVersion, KataCommandLine, BlockMounts, false)]
    [InlineData(DebianVersion, DebianCommandLine, WslMounts, false)] // WSL 2
    [InlineData(GVisorVersion, DebianCommandLine, BlockMounts, true)] // a kernel that calls itself so
    public async Task One_sign_is_not_sufficient(string version, string commandLine, string mounts, bool isContainer)
    {
        Write(version, commandLine, mounts).Program("dmesg", "[    0.000000] Linux version 6.1.0\n");
        if (isContainer)
            _machine.Write(".dockerenv", "");

        (await Diagnosis.OfAsync(_machine)).Only("TOA10", "TOA100", isContainer ? "TOA104" : "TOA103");
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_no_signs()
    {
        Write(GVisorVersion, KataCommandLine, KataMounts).WriteUnreadable("proc/cmdline").WriteUnreadable("proc/self/mounts").Program("dmesg", "", 1);

        (await Diagnosis.OfAsync(_machine)).Only("TOA10", "TOA100", "TOA103");
    }

    private FakeMachine Write(string version, string commandLine, string mounts) =>
        _machine.Write("proc/version", version).Write("proc/cmdline", commandLine).Write("proc/self/mounts", mounts);
}
