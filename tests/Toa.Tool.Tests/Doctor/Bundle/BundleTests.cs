using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor.Bundle;

/// <summary><c>toa doctor --bundle</c></summary>
public sealed partial class BundleTests : IDisposable
{
    private static readonly string[] AllNames =
    [
        "README", "findings.txt", "findings.json", "counters-before.txt", "counters-after.txt", "table.txt", "settings.txt", "module.txt",
        "ebpf.txt", "kernel-log.txt", "system.txt", "packets.pcapng",
    ];

    // Every real address of this machine begins in one of these ways.
    private static readonly string[] Real =
        ["203.0.113", "198.18.7", "10.77.0", "2001:db8:77", "cb0071", "c61207", "0a4d00", "20010db80077", "cb00:71", "c612:7"];

    private readonly FakeMachine _machine = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("toa-bundle-");

    private string FileName => Path.Combine(_folder.FullName, "x.tar.gz");

    public void Dispose()
    {
        _machine.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task It_has_what_a_bug_report_needs()
    {
        FillMachine();

        Run run = await WriteAsync();

        run.ExitCode.Should().Be(0, run.Error);
        Dictionary<string, string> files = Unpack();
        files.Keys.Should().Equal(AllNames);
        files["findings.txt"].Should().Contain("TOA110").And.Contain("TOA310");
        JsonDocument.Parse(files["findings.json"]).RootElement.GetProperty("capture").GetProperty("options").GetArrayLength().Should().Be(3);
        files["counters-before.txt"].Should().MatchRegex("syn_recv_sock_toa: +5 +0\n");
        files["counters-after.txt"].Should().MatchRegex("syn_recv_sock_toa: +9 +0\n");
        files["settings.txt"].Should().Contain("options toa syn=Y").And.Contain("TOA_BPF_OPTIONS=\"--syn\"").And.NotContain("SECRET")
            .And.NotContain("comment").And.NotContain("other");
        files["module.txt"].Should().Contain("formats: tencent").And.Contain("version: 0.1.0").And.Contain("make[1]: error 2")
            .And.NotContain("line 1\n").And.Contain("lines before are left out");
        files["kernel-log.txt"].Should().Contain("TOA: toa load success").And.Contain("[toa]").And.NotContain("usb");
        files["system.txt"].Should().Contain(FakeMachine.Release).And.Contain("0::/user.slice").And.Contain("bookworm");
        files["README"].Should().Contain("MISSING\nNothing.\n").And.Contain("table.txt            connections with a client: the first 1 of 1\n");
    }

    [Fact]
    public async Task The_user_sees_what_is_in_it_before_it_is_written()
    {
        FillMachine();

        Run run = await WriteAsync();

        run.Error.Split('\n')[0].Should().Be(
            $"In the bundle {FileName}, addresses and host names are replaced. It has these files (bytes, name, content):");
        Dictionary<string, string> files = Unpack();
        foreach ((string name, string text) in files.Where(file => file.Key != "packets.pcapng"))
            run.Error.Should().MatchRegex($"\n +{Encoding.UTF8.GetByteCount(text)}  {Regex.Escape(name)} ");
        run.Error.Should().MatchRegex(@"\nWritten: \S+, \d+ bytes, readable by its owner only\. To look into it: tar -xzf \S+\n$");
        run.Output.Should().NotContain("bundle", "the standard output is the report");
    }

    [Fact]
    public async Task No_file_has_a_real_address_or_a_name()
    {
        FillMachine();

        await WriteAsync();

        foreach ((string name, string text) in Unpack())
        {
            foreach (string real in Real.Append("web1").Append("corp.example"))
                text.Contains(real, StringComparison.OrdinalIgnoreCase).Should().BeFalse("{0} is not to be in {1}", real, name);
        }

        byte[] packets = UnpackBytes()["packets.pcapng"];
        foreach (string real in Real.Where(real => !real.Contains('.') && !real.Contains(':')))
            packets.AsSpan().IndexOf(Convert.FromHexString(real)).Should().Be(-1, real);
        Encoding.Latin1.GetString(packets).Should().NotContain("payload");
    }

    [Fact]
    public async Task The_same_address_has_the_same_replacement_in_all_files()
    {
        FillMachine();
        await WriteAsync();
        Dictionary<string, string> files = Unpack();

        Run table = await Run.ToaAsync(_machine, files["table.txt"], CancellationToken.None, "table", "--file", "-", "--json");
        JsonElement held = table.Json.GetProperty("connections")[0];
        string balancer = Address(held.GetProperty("transportPeer")), client = Address(held.GetProperty("client"));
        JsonElement seen = JsonDocument.Parse(files["findings.json"]).RootElement.GetProperty("capture").GetProperty("options")[0];
        Address(seen.GetProperty("balancer")).Should().Be(balancer);
        Address(seen.GetProperty("readings")[0].GetProperty("client")).Should().Be(client);
        seen.GetProperty("bytes").GetString().Should().Be($"c80815b3{Convert.ToHexStringLower(IPAddress.Parse(client).GetAddressBytes())}");
        IPNetwork trusted = IPNetwork.Parse(Trusted().Match(files["module.txt"]).Groups[1].Value);
        trusted.PrefixLength.Should().Be(28);
        trusted.Contains(IPAddress.Parse(balancer)).Should().BeTrue();

        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "p"), UnpackBytes()["packets.pcapng"]);
        Run decoded = await Run.ToaAsync(_machine, "decode", Path.Combine(_folder.FullName, "p"), "--json");
        string shown = decoded.Output.Split('\n').Single(line => line.Contains("\"kind\":200"));
        shown.Should().Contain($"\"{client}:5555\"").And.Contain($"\"{balancer}:1024\"").And.Contain("\"verdict\":\"no_handshake\"");
    }

    [Fact]
    public async Task Options_of_an_unknown_format_show_their_kind_and_length_only()
    {
        FillMachine();

        await WriteAsync();

        JsonElement options = JsonDocument.Parse(Unpack()["findings.json"]).RootElement.GetProperty("capture").GetProperty("options");
        options[2].GetProperty("bytes").GetString().Should().Be("4d09xxxxxxxxxxxxxx");
    }

    [Fact]
    public async Task With_addresses_everything_is_as_it_is()
    {
        FillMachine();

        Run run = await WriteAsync("--with-addresses");

        run.Error.Should().Contain("has the real addresses and host names, and these files");
        Dictionary<string, string> files = Unpack();
        files["table.txt"].Should().Contain("203.0.113.9:5555 10.77.0.17:1024");
        files["kernel-log.txt"].Should().Contain("2001:db8:77::1");
        files["findings.json"].Should().Contain("c80815b3cb007109");
        files["README"].Should().Contain("the real ones (--with-addresses)").And.NotContain("xx:xx");
        byte[] packets = UnpackBytes()["packets.pcapng"];
        packets.AsSpan().IndexOf((byte[])[203, 0, 113, 9]).Should().BePositive();
        Encoding.Latin1.GetString(packets).Should().NotContain("payload");
    }

    [Fact]
    public async Task Only_the_owner_can_read_it_and_members_do_not_say_who_wrote_it()
    {
        await WriteAsync();

        new FileInfo(FileName).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using TarReader archive = new(new GZipStream(File.OpenRead(FileName), CompressionMode.Decompress));
        for (TarEntry? member; (member = archive.GetNextEntry()) is not null;)
            (member.Uid, member.Gid, ((PosixTarEntry)member).UserName).Should().Be((0, 0, ""));
        _folder.GetFiles().Should().ContainSingle("no temporary file is left");
    }

    [Fact]
    public async Task Without_a_provider_and_without_privileges_the_README_names_what_is_missing()
    {
        _machine.IsPrivileged = false;
        _machine.CaptureProblem = new CannotLookException($"Cannot open a packet socket.", $"This requires CAP_NET_RAW.");
        _machine.BpfProblem = new CannotLookException($"This user is not allowed to list the eBPF programs.", $"Run toa as root.");
        _machine.Program("dmesg", "", 1, "dmesg: read kernel buffer failed: Operation not permitted\n")
            .WriteUnreadable("sys/module/toa/version").WriteUnreadable("etc/modprobe.d/x.conf");

        Run run = await WriteAsync();

        run.ExitCode.Should().Be(1, "TOA111 is an error");
        Dictionary<string, string> files = Unpack();
        files.Keys.Should().Equal(
            AllNames.Except(["counters-before.txt", "counters-after.txt", "table.txt", "kernel-log.txt", "packets.pcapng"]));
        string missing = files["README"].Split("MISSING\n")[1].Split("ADDRESSES\n")[0];
        missing.Should().Contain("\ncounters-after.txt: ").And.Contain("\ntable.txt: ").And.Contain("toa_table does not exist")
            .And.Contain("\nkernel-log.txt: dmesg: read kernel buffer failed: Operation not permitted. Run toa as root.\n")
            .And.Contain("\npackets.pcapng: Cannot open a packet socket. This requires CAP_NET_RAW.\n")
            .And.Contain("\nebpf.txt: This user is not allowed to list the eBPF programs. Run toa as root.\n")
            .And.MatchRegex("\nmodule.txt: This user is not allowed to read .*version. Run toa as root.\n")
            .And.MatchRegex("\nsettings.txt: This user is not allowed to read .*x.conf. Run toa as root.\n");
    }

    [Fact]
    public async Task With_the_eBPF_provider_it_has_its_state()
    {
        _machine.WithEbpf("10.77.0.16/28").Write("sys/fs/bpf/toa/table", "client peer local kind\n203.0.113.9:5555 10.77.0.17:1024 10.77.0.2:443 200\n");
        _machine.BpfPrograms.AddRange([new(7, "toa_connections", BpfHook.SocketEvents), new(8, "cil_sock4", BpfHook.PeerName)]);

        await WriteAsync();

        Dictionary<string, string> files = Unpack();
        files["ebpf.txt"].Should().MatchRegex(@"trusted=10\.\d+\.\d+\.\d+/28").And.Contain("stats\ntable\n").And.Contain("cil_sock4 (id 8) PeerName");
        files["table.txt"].Should().MatchRegex(@"^client peer local kind\n\S+:5555 10\.\S+:1024 10\.\S+:443 200\n$");
    }

    [Fact]
    public async Task The_table_is_bounded_and_counted()
    {
        _machine.WithModule().Write("proc/net/toa_table", "client\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"203.0.113.9:{i}\n")));

        await WriteAsync();

        Dictionary<string, string> files = Unpack();
        files["table.txt"].Split('\n').Should().HaveCount(1002);
        files["README"].Should().Contain("connections with a client: the first 1000 of 3000\n");
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("YES\n", true)]
    [InlineData("n\n", false)]
    [InlineData("\n", false)]
    [InlineData("", false)]
    public async Task On_a_terminal_the_user_is_asked(string answer, bool isWritten)
    {
        _machine.WithModule().HasTerminal = true;

        Run run = await Run.ToaAsync(_machine, answer, CancellationToken.None, "doctor", "--bundle", FileName);

        run.ExitCode.Should().Be(0, run.Error);
        run.Error.Should().Contain("\nWrite it? [y/N] ");
        File.Exists(FileName).Should().Be(isWritten);
        run.Error.Contains("The bundle was not written.\n").Should().Be(!isWritten);
        _folder.GetFiles().Should().HaveCount(isWritten ? 1 : 0);
    }

    [Fact]
    public async Task Without_a_terminal_it_is_refused_before_the_capture()
    {
        Run run = await Run.ToaAsync(_machine, "doctor", "--bundle", FileName);

        run.Should().Be(new Run(2, "", "toa: --bundle asks before it writes, and the standard input is not a terminal. Add --yes to write "
            + "without a question.\n"));
    }

    [Theory]
    [InlineData("/nonexistent/x.tar.gz", "Could not find a part of the path")]
    [InlineData("/proc/x.tar.gz", "Could not find")]
    public async Task A_folder_that_cannot_have_it_is_refused_before_the_capture(string file, string cause)
    {
        Run run = await Run.ToaAsync(_machine, "doctor", "--bundle", file, "--yes");

        (run.ExitCode, run.Output).Should().Be((1, ""));
        run.Error.Should().StartWith($"toa: cannot write the bundle {file}: {cause}").And.MatchRegex(@"\. (Make|Name) [^\n]*\n$");
    }

    [Fact]
    public async Task A_file_or_a_folder_that_exists_is_not_replaced()
    {
        await File.WriteAllTextAsync(FileName, "mine");
        string error = $"toa: {FileName} exists already, and is not replaced. Name another file with --bundle, or remove it.\n";

        (await WriteAsync()).Should().Be(new Run(1, "", error));
        (await File.ReadAllTextAsync(FileName)).Should().Be("mine");
        File.Delete(FileName);
        Directory.CreateDirectory(FileName);
        (await WriteAsync()).Should().Be(new Run(1, "", error));
    }

    [Fact]
    public async Task A_file_that_came_in_the_meantime_is_not_replaced()
    {
        _machine.AfterPackets = () => File.WriteAllText(FileName, "other");

        Run run = await WriteAsync();

        run.ExitCode.Should().Be(1);
        run.Error.Should().EndWith("Name another file with --bundle, or remove it.\n");
        (await File.ReadAllTextAsync(FileName)).Should().Be("other");
        run.Output.Should().Contain("Errors: ", "the findings are not lost");
        _folder.GetFiles().Should().ContainSingle();
    }

    [Theory]
    [InlineData("--bundle", "x.zip", "'x.zip' is not the name of a bundle: it must end with .tar.gz. Use x.zip.tar.gz.")]
    [InlineData("--yes", "", "--yes is an option of --bundle: add --bundle FILE, or remove --yes.")]
    [InlineData("--with-addresses", "", "--with-addresses is an option of --bundle: add --bundle FILE, or remove --with-addresses.")]
    public async Task A_wrong_command_line_is_refused(string option, string value, string error)
    {
        Run run = await Run.ToaAsync(_machine, ["doctor", option, .. value.Length > 0 ? [value] : (string[])[]]);

        run.Should().Be(new Run(2, "", $"toa: {error} See toa doctor --help.\n"));
    }

    [Fact]
    public async Task If_the_user_ends_the_capture_the_findings_are_shown_and_no_bundle_is_left()
    {
        using CancellationTokenSource stop = new();
        _machine.Packets.Add(TcpPackets.Syn());
        _machine.AfterPackets = stop.Cancel;

        Run run = await Run.ToaAsync(_machine, "", stop.Token, "doctor", "--bundle", FileName, "--yes");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("TOA111");
        run.Error.Should().Be("toa: the bundle was not written, because the capture was stopped. Repeat with a smaller --seconds.\n");
        _folder.GetFiles().Should().BeEmpty();
    }

    [Fact]
    public async Task With_json_the_standard_output_is_one_document()
    {
        Run run = await WriteAsync("--json", "--fail-on", "warning", "--junit", Path.Combine(_folder.FullName, "j.xml"));

        run.Json.GetProperty("findings").GetArrayLength().Should().BePositive();
        File.Exists(Path.Combine(_folder.FullName, "j.xml")).Should().BeTrue();
        Unpack()["findings.txt"].Should().Contain("TOA111");
    }

    [Fact]
    public async Task The_bundle_is_in_English_and_the_list_in_the_language_of_the_user()
    {
        Run run = await Run.ToaInChineseAsync(_machine, "doctor", "--bundle", FileName, "--yes");

        run.Error.Should().Contain("README").And.MatchRegex("[\u4e00-\u9fff]");
        foreach ((string name, string text) in Unpack())
            text.Should().NotMatchRegex("[\u4e00-\u9fff]", name);
    }

    [SkippableFact]
    public async Task A_full_disk_leaves_nothing_and_is_one_line_with_cause_and_cure()
    {
        Run run = await ToolProcess.AloneAsync(
            """
            folder=$(mktemp -d); mount -t tmpfs -o size=4k none $folder; head -c 4096 /dev/zero > $folder/full
            $TOA doctor --seconds 0 --bundle $folder/x.tar.gz --yes 2>&1 >/dev/null | tail -n 1; echo ${PIPESTATUS[0]}; rm $folder/full; ls -A $folder; umount $folder; rmdir $folder
            """);

        run.Lines.Should().HaveCount(2, run.Output + run.Error);
        run.Lines[0].Should().MatchRegex(
            @"^toa: cannot write the bundle \S+: No space left on device.*\. Name a file in a folder that has space and to which you may write\.$");
        run.Lines[1].Should().Be("1");
    }

    private Task<Run> WriteAsync(params string[] options) => Run.ToaAsync(_machine, ["doctor", "--bundle", FileName, "--yes", .. options]);

    /// <summary>A machine with the module, and with addresses and names in every place.</summary>
    private void FillMachine()
    {
        _machine.WithModule("10.77.0.16/28", "                 CPU0 CPU1\nsyn_recv_sock_toa: 5 0\nhooks_silent: 0 0\n")
            .Write("proc/net/toa_table", "client peer local kind\n203.0.113.9:5555 10.77.0.17:1024 10.77.0.2:443 200 ipv4 - 0\n")
            .Write("proc/sys/kernel/hostname", "web1\n").Write("etc/resolv.conf", "search corp.example.com\n")
            .Write("proc/version", "Linux version 6.12 (root@web1.corp.example.com) (gcc 12)\n")
            .Write("proc/self/cgroup", "0::/user.slice\n")
            .Write("sys/module/toa/version", "0.1.0\n")
            .Write("etc/modprobe.d/toa.conf", "# comment of 203.0.113.1\noptions toa syn=Y trusted=10.77.0.16/28\n")
            .Write("etc/modprobe.d/other.conf", "options other x=203.0.113.2\n")
            .Write("etc/default/toa-bpf", "TOA_BPF_OPTIONS=\"--syn\"\nSECRET=x\n")
            .Write("var/lib/dkms/toa/0.1.0/build/make.log",
                string.Concat(Enumerable.Range(1, 600).Select(line => $"line {line}\n")) + "make[1]: error 2 on web1\n")
            .Program("dmesg",
                "[    1.0] usb 1-1: new device\n[    2.0] TOA: toa load success\n"
                + "[    3.0] TOA: option 253 from ::ffff:10.77.0.17 port 1024 names client 2001:db8:77::1 port 40000\n"
                + "[    4.0] TOA-DROP: IN=eth0 MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=203.0.113.9 DST=198.18.7.1\n"
                + "[    5.0]  toa_getname+0x1/0x2 [toa]\n")
            .Program("toa-bpf status", "loaded=N\n", 1).Program("modinfo toa", "filename: /lib/modules/toa.ko\nversion: 0.1.0\n")
            .Program("dkms status", "toa/0.1.0: added\n").Program("ss", "LISTEN 0 0 203.0.113.7:443 0.0.0.0:*\n")
            .Program("systemctl", "LoadState=not-found\n");
        IPEndPoint balancer = IPEndPoint.Parse("10.77.0.17:1024"), server = IPEndPoint.Parse("198.18.7.1:443");
        byte[] unknown = [77, 9, 203, 0, 113, 9, 1, 2, 3];
        _machine.Packets.AddRange(
        [
            TcpPackets.Build([], balancer, server, syn: true, ack: false),
            TcpPackets.Build(TcpPackets.Option(200, "203.0.113.9:5555"), balancer, server, sequence: 1),
            TcpPackets.Build(TcpPackets.Option(253, "[2001:db8:77::1]:40000"), balancer, server, sequence: 1, data: "payload"),
            TcpPackets.Build(unknown, balancer, server, sequence: 1),
            TcpPackets.Build([200, 99, 203, 0, 113, 9, 0, 0], balancer, server, sequence: 1),
        ]);
        _machine.AfterPackets = () => _machine.Write("proc/net/toa_stats", "                 CPU0 CPU1\nsyn_recv_sock_toa: 9 0\nhooks_silent: 0 0\n");
    }

    private static string Address(JsonElement end) => IPEndPoint.Parse(end.GetString()!).Address.ToString();

    private Dictionary<string, string> Unpack() =>
        UnpackBytes().ToDictionary(file => file.Key, file => Encoding.UTF8.GetString(file.Value));

    private Dictionary<string, byte[]> UnpackBytes()
    {
        Dictionary<string, byte[]> files = [];
        using TarReader archive = new(new GZipStream(File.OpenRead(FileName), CompressionMode.Decompress));
        for (TarEntry? member; (member = archive.GetNextEntry(copyData: true)) is not null;)
        {
            member.Name.Should().StartWith("toa-doctor/");
            using MemoryStream content = new();
            member.DataStream?.CopyTo(content);
            files.Add(member.Name["toa-doctor/".Length..], content.ToArray());
        }

        return files;
    }

    [GeneratedRegex(@"trusted: (\S+)")]
    private static partial Regex Trusted();
}
