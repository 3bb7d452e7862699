using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider watch</c></summary>
public sealed class WatchTests : IDisposable
{
    private const string Headers = "lib/modules/" + FakeMachine.Release + "/build/Makefile";

    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task It_loads_the_ebpf_provider_and_ends()
    {
        _machine.Program("toa-bpf load");

        Run run = await OnceAsync("--kind", "ebpf", "--first-data", "--syn");

        run.Should().Be(new Run(0, "The eBPF provider is loaded.\n", ""));
        _machine.Calls.Should().Equal("toa-bpf load first_data=Y trusted=10.0.0.16/28 syn=Y");
    }

    [Fact]
    public async Task Programs_that_are_loaded_are_replaced()
    {
        _machine.WithEbpf().Program("toa-bpf load");

        (await OnceAsync("--kind", "ebpf")).ExitCode.Should().Be(0);

        _machine.Calls.Should().Equal("toa-bpf load trusted=10.0.0.16/28");
    }

    [Fact]
    public async Task A_load_that_fails_is_an_error_with_the_loader_s_reason()
    {
        _machine.Program("toa-bpf load", exitCode: 1, error: "toa-bpf: CAP_BPF is missing: run toa-bpf as root\n");

        (await OnceAsync("--kind", "ebpf")).Should()
            .Be(new Run(1, "", "toa: cannot load the eBPF provider: CAP_BPF is missing: run toa-bpf as root\n"));
    }

    [Fact]
    public async Task The_module_is_built_and_loaded()
    {
        CanBuild();
        _machine.AfterRun = call => LoadAfter(call, "insmod");
        _machine.Program("insmod");

        Run run = await OnceAsync("--or-ebpf");

        run.Lines.Should().Equal($"Building the module for {FakeMachine.Release}.", "The module is loaded.");
        _machine.Calls.Should().ContainSingle(call => call.StartsWith("insmod") && call.EndsWith("toa.ko trusted=10.0.0.16/28"));
        _machine.Calls.Should().NotContain(call => call.StartsWith("toa-bpf"));
    }

    [Fact]
    public async Task A_module_that_is_installed_is_not_built()
    {
        string installed = $"lib/modules/{FakeMachine.Release}/updates/dkms/toa.ko";
        _machine.AfterRun = call => LoadAfter(call, "modprobe");
        _machine.Write(installed, "\0parm=formats:TOA options\0").Program("modinfo -n toa", $"/{installed}\n").Program("modprobe toa");

        (await OnceAsync()).Lines.Should().Equal("The module is loaded.");
        _machine.Calls.Should().NotContain(call => call.StartsWith("make"));
    }

    [Fact]
    public async Task Without_headers_the_ebpf_provider_takes_the_module_s_place_and_the_reason_is_told()
    {
        _machine.Program("toa-bpf load");

        Run run = await OnceAsync("--or-ebpf");

        run.ExitCode.Should().Be(0);
        run.Lines.Should().HaveCount(4);
        run.Lines[1].Should().StartWith($"The module cannot be used: no kernel headers in /lib/modules/{FakeMachine.Release}/build: ");
        run.Lines[2..].Should().Equal("Loading the eBPF provider instead.", "The eBPF provider is loaded.");
    }

    [Fact]
    public async Task Without_headers_the_module_alone_is_an_error_and_nothing_is_loaded()
    {
        _machine.Program("toa-bpf load");

        Run run = await OnceAsync("--kind", "module");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: no kernel headers in ").And.Contain("apt-get install linux-headers-");
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task If_both_fail_the_last_reason_is_the_error()
    {
        _machine.Program("toa-bpf load", exitCode: 1, error: "toa-bpf: CAP_NET_ADMIN is missing: run toa-bpf as root\n");

        Run run = await OnceAsync("--or-ebpf");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("The module cannot be used: no kernel headers");
        run.Error.Should().Contain("CAP_NET_ADMIN is missing");
    }

    [Theory]
    [InlineData("module", "the eBPF provider is loaded. Run toa provider unload --kind ebpf first, or use it: --kind ebpf.")]
    [InlineData("ebpf", "the kernel module is loaded. Run toa provider unload first, or use the module: --kind module.")]
    public async Task A_second_provider_is_never_loaded(string kind, string refusal)
    {
        if (kind == "module")
            _machine.WithEbpf();
        else
            _machine.WithModule();

        (await OnceAsync("--kind", kind)).Should().Be(new Run(1, "", $"toa: {refusal}\n"));
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task An_ebpf_provider_that_is_loaded_is_kept_where_it_may_take_the_module_s_place()
    {
        CanBuild();
        _machine.WithEbpf().Program("toa-bpf load");

        (await OnceAsync("--or-ebpf")).Lines.Should().Equal("The eBPF provider is loaded.");

        _machine.Calls.Should().Equal("toa-bpf load trusted=10.0.0.16/28");
    }

    [Fact]
    public async Task Another_vendor_s_module_is_refused()
    {
        _machine.Write("proc/modules", "toa 16384 0 - Live 0x0\n").Write("sys/module/toa/taint", "O\n");

        Run run = await OnceAsync("--kind", "ebpf");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("another vendor's TOA module is loaded: toa");
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_module_that_is_loaded_gets_all_settings()
    {
        _machine.WithModule().Write("sys/module/toa/parameters/syn", "Y\n").Write("sys/module/toa/parameters/formats", "huawei\n");

        (await OnceAsync("--nat64-getpeername")).Lines.Should().Equal("The module is loaded already. Its settings are applied.");

        Setting("trusted").Should().Be("10.0.0.16/28");
        Setting("formats").Should().Be("tencent");
        Setting("syn").Should().Be("N");
        Setting("nat64_getpeername").Should().Be("Y");
    }

    [Fact]
    public async Task A_setting_that_cannot_be_written_is_an_error()
    {
        _machine.WithModule();
        File.Delete(_machine.Root + "/sys/module/toa/parameters/trusted");
        Directory.CreateSymbolicLink(_machine.Root + "/sys/module/toa/parameters/trusted", "/nonexistent/folder/file");

        Run run = await OnceAsync();

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("cannot set trusted of the loaded module to 10.0.0.16/28:")
            .And.Contain("Make /sys/module/toa/parameters writable here");
    }

    [Theory]
    [InlineData("", "toa: name the networks of your balancers, for example --trusted 10.0.0.16/28.")]
    [InlineData("--trusted 10.0.0.1/8", "host bits are set. Use 10.0.0.0/8.")]
    [InlineData("--trusted 10.0.0.0/8 --interval 0", "'0' is not a number from 1 to 86400.")]
    [InlineData("--trusted 10.0.0.0/8 --listen 9469", "'9469' is not an address and a port")]
    [InlineData("--trusted 10.0.0.0/8 --first-data", "--first-data is an option of the eBPF provider")]
    [InlineData("--trusted 10.0.0.0/8 --kind auto", "Argument 'auto' not recognized.")]
    public async Task A_wrong_command_line_changes_nothing(string line, string complaint)
    {
        using FakeMachine machine = new() { IsInert = true };

        Run run = await Run.ToaAsync(machine, ["provider", "watch", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain(complaint);
    }

    [Fact]
    public async Task A_provider_that_vanishes_is_loaded_again()
    {
        _machine.Program("toa-bpf load").Program("toa-bpf status", "loaded=Y\n");

        Run run = await WatchAsync(wait => wait == 2, looks: 4);

        run.ExitCode.Should().Be(0);
        run.Lines.Should().Equal(
            "The eBPF provider is loaded.", "No provider is loaded any more.", "The eBPF provider is loaded.");
        _machine.Calls.Count(call => call.StartsWith("toa-bpf load")).Should().Be(2);
    }

    [Fact]
    public async Task A_program_that_is_missing_is_loaded_again()
    {
        _machine.Program("toa-bpf load")
            .Program("toa-bpf status", "loaded=Y\n", 1, "toa-bpf: /sys/fs/bpf/toa/getpeername4 is missing: run toa-bpf load\n")
            .Program("toa-bpf status", "loaded=Y\n");

        (await WatchAsync(_ => false, looks: 3)).Lines.Should().Equal(
            "The eBPF provider is loaded.",
            "The eBPF provider is not complete: /sys/fs/bpf/toa/getpeername4 is missing: run toa-bpf load",
            "The eBPF provider is loaded.");
    }

    [Fact]
    public async Task A_problem_is_told_once_and_the_watch_goes_on()
    {
        _machine.Program("toa-bpf load").Program("toa-bpf load", exitCode: 1, error: "toa-bpf: no\n")
            .Program("toa-bpf load", exitCode: 1, error: "toa-bpf: no\n").Program("toa-bpf load").Program("toa-bpf status", "loaded=Y\n");

        Run run = await WatchAsync(wait => wait == 1, looks: 5, load => load is 2 or 3, "--json");

        string[] messages = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString()!)];
        messages.Should().Equal(
            "The eBPF provider is loaded.", "No provider is loaded any more.", "No provider serves: cannot load the eBPF provider: no",
            "The eBPF provider is loaded.");
        JsonDocument.Parse(run.Lines[2]).RootElement.GetProperty("kind").GetString().Should().Be("ebpf", "it served until now");
        JsonDocument.Parse(run.Lines[^1]).RootElement.GetProperty("kind").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task Probes_and_Prometheus_are_served()
    {
        _machine.WithEbpf(counters: "syn_recv_sock_toa: 3 4\nuntrusted: 0 1\n").Program("toa-bpf load");
        await using ServingTool watched = await StartAsync();

        (await watched.AskAsync("/healthz")).Should().Be((HttpStatusCode.OK, "ebpf\n"));
        (HttpStatusCode status, string metrics) = await watched.AskAsync("/metrics");
        status.Should().Be(HttpStatusCode.OK);
        metrics.Should().Contain("\ntoa_provider_up 1\n").And.MatchRegex("(?m)^toa_provider_info\\{kind=\"ebpf\",version=\"[0-9.]+\"\\} 1$")
            .And.Contain("\n# TYPE toa_connections_total counter\ntoa_connections_total{outcome=\"client\"} 7\n")
            .And.Contain("\ntoa_options_ignored_total{reason=\"untrusted\"} 1\n")
            .And.Contain("\ntoa_provider_loads_total 1\n")
            .And.MatchRegex(@"\A(# HELP \w+ [^\n]+\n# TYPE \w+ (gauge|counter)\n\w+(\{[^}\n]+\})? [0-9]+\n)+\z");
        (await watched.AskAsync("/")).Status.Should().Be(HttpStatusCode.NotFound);
        (await watched.AskAsync("/metrics", HttpMethod.Post)).Status.Should().Be(HttpStatusCode.MethodNotAllowed);
        (await watched.AskAsync("/metrics", HttpMethod.Head)).Should().Be((HttpStatusCode.OK, ""));
        (await watched.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Without_a_provider_the_probe_fails_with_the_reason_and_there_are_no_counters()
    {
        _machine.WithEbpf().Program("toa-bpf load");
        await using ServingTool watched = await StartAsync();

        _machine.Write("proc/modules", "toa 16384 0 - Live 0x0\n").Write("sys/module/toa/taint", "O\n").Remove("sys/fs/bpf/toa");

        (await watched.ReadLineAsync()).Should().StartWith("No provider serves: another vendor's TOA module is loaded: toa");
        // The message comes first.
        HttpStatusCode status = HttpStatusCode.OK;
        string reason = "";
        for (int i = 0; i < 100 && status == HttpStatusCode.OK; i++)
        {
            await Task.Delay(i);
            (status, reason) = await watched.AskAsync("/healthz");
        }

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        reason.Should().StartWith("another vendor's TOA module is loaded: toa");
        (await watched.AskAsync("/metrics")).Text.Should().Contain("\ntoa_provider_up 0\n").And.NotContain("toa_connections_total").And.NotContain("toa_provider_info");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("\0\0\0\r\n\r\n")]
    public async Task A_request_that_is_not_HTTP_does_not_end_the_watch(string request)
    {
        _machine.WithEbpf().Program("toa-bpf load");
        await using ServingTool watched = await StartAsync();

        using (TcpClient client = new())
        {
            await client.ConnectAsync(watched.End);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            client.Client.Shutdown(SocketShutdown.Send);
            await Deadline.Within(new StreamReader(stream).ReadToEndAsync());
        }

        (await watched.AskAsync("/healthz")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_an_error()
    {
        using Socket other = TcpConnection.Listen(IPAddress.Loopback);
        _machine.Clock = TimeProvider.System;
        _machine.Program("toa-bpf load");

        Run run = await Run.ToaAsync(
            _machine, "provider", "watch", "--kind", "ebpf", "--trusted", "10.0.0.16/28", "--interval", "86400", "--listen", $"{other.LocalEndPoint}");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("the port is in use");
    }

    private Task<Run> WatchAsync(Func<int, bool> isGone, int looks) => WatchAsync(isGone, looks, _ => false);

    // The provider is there after each load that does not fail, and gone before the looks that the condition selects.
    private async Task<Run> WatchAsync(Func<int, bool> isGone, int looks, Func<int, bool> fails, params string[] options)
    {
        int loads = 0;
        using CancellationTokenSource stop = new();
        _machine.AfterRun = call =>
        {
            if (call.StartsWith("toa-bpf load", StringComparison.Ordinal) && !fails(++loads))
                _machine.Write("sys/fs/bpf/toa/connections", "");
        };
        _machine.Clock = new InstantClock
        {
            Waiting = wait =>
            {
                if (wait == looks)
                    stop.Cancel();
                if (isGone(wait))
                    _machine.Remove("sys/fs/bpf/toa");
            },
        };
        return await Run.ToaAsync(_machine, "", stop.Token, ["provider", "watch", "--kind", "ebpf", "--trusted", "10.0.0.16/28", .. options]);
    }

    private Task<Run> OnceAsync(params string[] options) =>
        Run.ToaAsync(_machine, ["provider", "watch", "--once", "--trusted", "10.0.0.16/28", .. options]);

    private string Setting(string name) => _machine.Read($"sys/module/toa/parameters/{name}").Trim();

    private void CanBuild() =>
        _machine.Write(Headers, "").Program("make --version").Program("gcc --version").Program("make -C");

    // make writes the module, and the program loads it.
    private void LoadAfter(string call, string program)
    {
        if (call.StartsWith("make -C", StringComparison.Ordinal))
            _machine.Write(call.Split(' ')[2][_machine.Root.Length..].TrimStart('/') + "/toa.ko", "\0parm=formats:TOA options\0");
        else if (call.StartsWith(program, StringComparison.Ordinal))
            _machine.WithModule();
    }

    private Task<ServingTool> StartAsync() => ServingTool.StartAsync(
        _machine, ["provider", "watch", "--kind", "ebpf", "--trusted", "10.0.0.16/28", "--interval", "1"], "The eBPF provider is loaded.");
}
