using System;
using System.IO;
using System.Linq;
using FluentAssertions;
using Toa.Diagnostics;
using Toa.Internal;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Diagnostics;

/// <summary>The parsing of /proc/net/toa_stats, from this project's providers and from other vendors'.</summary>
public sealed class ToaStatisticsTests
{
    private readonly FakeMaps _maps = new();

    private const string Ours = """
                                      CPU0      CPU1   
        syn_recv_sock_toa        :         3          4 
        syn_recv_sock_no_toa     :        10          0 
        getname_toa_ok           :         7          0 
        getname_toa_mismatch     :         0          0 
        getname_toa_empty        :         0          1 
        ip6_address_alloc        :         2          1 
        ip6_address_free         :         1          1 
        untrusted                :         5 18446744073709551610 

        """;

    [Fact]
    public void This_project_s()
    {
        ToaStatistics read = ToaStatistics.Parse(Ours);

        read.Processors.Should().Equal("CPU0", "CPU1");
        read.Counters.Should().HaveCount(8);
        read.Counters[0].Name.Should().Be("syn_recv_sock_toa");
        read.Counters[0].PerProcessor.Should().Equal(3, 4);
        read["syn_recv_sock_toa"].Should().Be(7);
        read["untrusted"].Should().Be(ulong.MaxValue);
        read["option_malformed"].Should().BeNull();
        read.Missing.Should().BeEmpty();
    }

    [Theory]
    [InlineData("\t\tCPU0\tCPU1\nsyn_recv_sock_toa\t:\t3\t4\n")]
    [InlineData("CPU0 CPU1\r\nsyn_recv_sock_toa: 3 4\r\n")]
    [InlineData("syn_recv_sock_toa 3 4")]
    [InlineData("syn_recv_sock_toa : 7")]
    [InlineData("CPU0\n \nsyn_recv_sock_toa : 7\n \n")]
    public void Others(string text)
    {
        ToaStatistics read = ToaStatistics.Parse(text);

        read["syn_recv_sock_toa"].Should().Be(7);
        read.Missing.Should().HaveCount(6).And.Contain("ip6_address_free");
    }

    [Theory]
    [InlineData("", "The text contains no counters*")]
    [InlineData("   CPU0 CPU1\n", "The text contains no counters*")]
    [InlineData("CPU0 CPU1\nsyn_recv_sock_toa: 3\n", "*'syn_recv_sock_toa: 3'*")]
    [InlineData("syn_recv_sock_toa: x\n", "*'syn_recv_sock_toa: x'*")]
    [InlineData("syn_recv_sock_toa: -1\n", "*'syn_recv_sock_toa: -1'*")]
    [InlineData("syn_recv_sock_toa: 18446744073709551616\n", "*18446744073709551616*")]
    [InlineData("syn_recv_sock_toa\n", "*'syn_recv_sock_toa'*")]
    [InlineData("1 2 3\n", "*'1 2 3'*")]
    [InlineData("CPU0 CPU1 total\nsyn_recv_sock_toa: 3 4\n", "*'CPU0 CPU1 total'*")]
    [InlineData("syn_recv_sock_toa: 3\nCPU0\n", "*'CPU0'*")]
    [InlineData("cpu_0_hits\n", "*'cpu_0_hits'*")]
    [InlineData("<html>404</html>", "*404*")]
    public void No_counters(string text, string message)
    {
        FluentActions.Invoking(() => ToaStatistics.Parse(text)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void Garbage_is_read_or_refused()
    {
        Random random = new(5);
        string alphabet = "CPU019ab_:\t \n\0é";
        for (int round = 0; round < 5_000; round++)
        {
            char[] text = random.GetItems<char>(alphabet, random.Next(100));
            try
            {
                ToaStatistics.Parse(new string(text)).Counters.Should().NotBeEmpty();
            }
            catch (InvalidDataException)
            {
                // The text was refused.
            }
        }
    }

    [Fact]
    public void Nothing_at_all()
    {
        FluentActions.Invoking(() => ToaStatistics.Parse(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void The_machine_s_own()
    {
        using FakeHost host = new FakeHost().Write("proc/net/toa_stats", Ours);

        Read(host)["syn_recv_sock_toa"].Should().Be(7);
    }

    [Fact]
    public void Without_a_provider_there_are_none()
    {
        using FakeHost host = new();

        FluentActions.Invoking(() => Read(host))
            .Should().Throw<FileNotFoundException>().WithMessage("*toa_stats does not exist: no TOA provider is loaded*In a container, the provider of the host must show it*");
    }

    [Fact]
    public void Those_of_the_eBPF_provider_are_where_it_shows_them()
    {
        using FakeHost host = new FakeHost().Write("sys/fs/bpf/toa/stats", Ours);

        Read(host)["syn_recv_sock_toa"].Should().Be(7);
    }

    [Fact]
    public void Without_its_file_they_are_those_of_the_eBPF_provider_s_map()
    {
        using FakeHost host = Pinned().Write("sys/devices/system/cpu/possible", "0-1\n");
        _maps.Count("syn_recv_sock_toa", 3, 4).Count("untrusted", 5, ulong.MaxValue - 5).Count("later_than_this_library", 0, 0);

        ToaStatistics read = Read(host);

        read.Processors.Should().Equal("CPU0", "CPU1");
        read.Counters.Select(counter => counter.Name).Should().Equal("syn_recv_sock_toa", "untrusted", "later_than_this_library");
        read.Counters[0].PerProcessor.Should().Equal(3, 4);
        read["untrusted"].Should().Be(ulong.MaxValue);
        read.Missing.Should().HaveCount(6);
        _maps.Open.Should().Be(0, "both maps are closed again");
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("", 3)]
    [InlineData("0", 3)]
    [InlineData("0-1,4-5\n", 4)]
    [InlineData("nonsense-x,", 3)]
    public void A_container_that_is_shown_fewer_processors_loses_no_counts(string? possible, int processors)
    {
        using FakeHost host = Pinned();
        if (possible is not null)
            host.Write("sys/devices/system/cpu/possible", possible);
        _maps.Count("syn_recv_sock_toa", 1, 0, 6);

        Read(host).Processors.Should().HaveCount(processors);
        Read(host)["syn_recv_sock_toa"].Should().Be(7);
    }

    [Theory]
    [InlineData(1, "This process is not allowed to read *toa_counters: run as root, with CAP_BPF.")]
    [InlineData(13, "This user is not allowed to read *toa_counters: run as root.")]
    public void Users_who_may_not_read_the_map_are_told_what_it_takes(int errno, string message)
    {
        using FakeHost host = Pinned();
        _maps.OpenError = errno;

        FluentActions.Invoking(() => Read(host)).Should().Throw<UnauthorizedAccessException>().WithMessage(message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_that_sees_no_map_makes_no_system_call_for_it(bool isServed)
    {
        using FakeHost host = new();
        _maps.Count("syn_recv_sock_toa", 1);

        ProcFile.Try(() => Read(host, isServed), out ToaStatistics? _, out string? problem).Should().BeFalse();
        problem.Should().Contain(isServed ? "A provider answers, but this process cannot see" : "no TOA provider is loaded");
        _maps.Asked.Should().Be(0, "a seccomp filter may end the process for bpf(2)");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void A_map_that_cannot_be_read_is_an_error(int errno)
    {
        using FakeHost host = Pinned();
        _maps.Count("syn_recv_sock_toa", 1).LookupError = errno;

        ProcFile.Try(() => Read(host), out ToaStatistics? none, out string? problem).Should().BeFalse();
        none.Should().BeNull();
        problem.Should().Contain("toa_counter_names");
        _maps.Open.Should().Be(0);
    }

    [Theory]
    [InlineData(16, 32, "*toa_counters holds values of 16 bytes, not 8*another version*")]
    [InlineData(8, 64, "*toa_counter_names holds values of 64 bytes, not 32*")]
    public void Maps_of_another_layout_are_refused_before_the_kernel_writes_beyond_a_buffer(int counter, int name, string message)
    {
        using FakeHost host = Pinned();
        _maps.Count("syn_recv_sock_toa", 1).CounterSize = counter;
        _maps.CounterNameSize = name;

        FluentActions.Invoking(() => Read(host)).Should().Throw<InvalidDataException>().WithMessage(message);
        _maps.Open.Should().Be(0);
    }

    [Fact]
    public void Maps_without_any_counter_are_refused()
    {
        using FakeHost host = Pinned();

        FluentActions.Invoking(() => Read(host)).Should().Throw<InvalidDataException>().WithMessage("* contains no counters.");
    }

    [Fact]
    public void The_kernel_s_own_maps_are_absent_where_bpf_is()
    {
        new PinnedMaps().Open("/no/such/map", out int map).Should().NotBe(0);
        map.Should().BeNegative();
    }

    [Fact]
    public void Those_that_may_not_be_read()
    {
        using FakeHost host = new();
        // Root can read all files, but cannot read a folder as a file.
        Directory.CreateDirectory(host.Files.PathOf("proc/net/toa_stats"));

        ProcFile.Try(() => Read(host), out ToaStatistics? none, out string? problem).Should().BeFalse();
        none.Should().BeNull();
        problem.Should().StartWith("This user is not allowed to read ").And.Contain("toa_stats");
    }

    [Fact]
    public void Try_reads_what_Read_reads()
    {
        using FakeHost host = new FakeHost().Write("proc/net/toa_stats", Ours);

        ProcFile.Try(() => Read(host), out ToaStatistics? read, out string? problem).Should().BeTrue();
        read!["syn_recv_sock_toa"].Should().Be(7);
        problem.Should().BeNull();
    }

    [Fact]
    public void Try_says_what_Read_throws()
    {
        bool read = ToaStatistics.TryRead(out ToaStatistics? statistics, out string? problem);

        read.Should().Be(File.Exists("/proc/net/toa_stats"));
        (statistics is not null).Should().Be(read);
        (problem is null).Should().Be(read);
        if (!read)
            problem.Should().Contain("/proc/net/toa_stats");
    }

    private ToaStatistics Read(FakeHost host, bool isServed = false) => ToaStatistics.Read(host.Files, _maps, () => isServed);

    private static FakeHost Pinned() =>
        new FakeHost().Write("sys/fs/bpf/toa/toa_counters", "").Write("sys/fs/bpf/toa/toa_counter_names", "");
}
