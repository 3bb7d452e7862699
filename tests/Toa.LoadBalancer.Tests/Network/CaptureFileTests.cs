using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Toa.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The capture file of a balancer between two real kernels.</summary>
[Collection(SharedTestbed.Name)]
public sealed class CaptureFileTests(TestbedFixture fixture) : IDisposable
{
    private const int Bytes = 3_000_000;

    private readonly Testbed _testbed = fixture.Demand();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("toa-capture-");
    private readonly LogRecorder _log = new();

    private string CaptureName => Path.Combine(_folder.FullName, "x.pcapng");

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, 200)]
    [InlineData(AddressFamily.InterNetworkV6, 253)]
    public async Task Tshark_sees_both_sides_of_a_transfer_with_the_connection(AddressFamily family, int kind)
    {
        Machine.Demand("tshark");
        string comment;
        string client;
        string filter;
        await using (Balanced balanced = new(_testbed, configureAll: options =>
        {
            options.Queues = 2;
            options.CaptureFile = CaptureName;
        }))
        {
            await TransferAsync(balanced, family);
            FlowEntry flow = balanced.Balancer.ListFlows().Should().ContainSingle().Subject;
            // Ends of connections of other tests may still send.
            filter = $"tcp.port == {flow.Client.Port} || tcp.port == {flow.Source.Port}";
            client = flow.Client.ToString();
            comment = $"client {flow.Client}, virtual address {flow.VirtualAddress}, source {flow.Source}, server {flow.BackEnd}, state ";
            balanced.Balancer.Counters.PacketsNotCaptured.Should().Be(0);
            new FileInfo(CaptureName).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Run("capinfos", "-t", "-E", "-I", CaptureName).Should().Contain("pcapng").And.Contain("Raw IP")
            .And.Contain("Name = clients").And.Contain("Name = servers");
        string[][] packets = [.. Run(
                "tshark", "-r", CaptureName, "-Y", filter, "-T", "fields", "-E", "separator=|",
                "-e", "frame.interface_name", "-e", "frame.packet_flags_direction", "-e", "frame.comment", "-e", "tcp.len",
                "-e", "tcp.option_kind")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|'))];
        packets.Should().OnlyContain(packet => packet[2].StartsWith(comment));
        Run("tshark", "-r", CaptureName, "-Y", $"frame.comment contains \"{client}\"").Trim().Split('\n').Should()
            .HaveCount(packets.Length, "the documented filter shows the connection");
        const string Inbound = "0x00000001", Outbound = "0x00000002";
        foreach ((string side, string direction) in ((string, string)[])[("clients", Inbound), ("servers", Outbound)])
            Sum(packets, side, direction).Should().BeGreaterThanOrEqualTo(Bytes);
        packets.Should().Contain(packet => packet[0] == "servers" && packet[4].Split(',').Contains($"{kind}"))
            .And.NotContain(packet => packet[0] == "clients" && packet[4].Split(',').Contains($"{kind}"));
        packets.Max(packet => int.Parse(packet[3])).Should().BeGreaterThan(1500, "large segments are in one piece");
    }

    [SkippableFact]
    public async Task A_full_disk_ends_the_capture_and_connections_go_on()
    {
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "toa-capture", _folder.FullName);
        try
        {
            await using (Balanced balanced = new(_testbed, configureAll: options => options.CaptureFile = CaptureName, log: _log))
            {
                await TransferAsync(balanced, AddressFamily.InterNetwork);
                await Deadline.WaitUntilAsync(
                    () => _log.Lines.Any(line => line.Contains("The capture has ended", StringComparison.Ordinal)), "the disk is full");
                await TransferAsync(balanced, AddressFamily.InterNetworkV6);
            }

            _log.Lines.Should().ContainSingle(line => line.StartsWith("Warning:")).Which.Should()
                .Contain("No space left on device").And.Contain(CaptureName);
            byte[] file = await File.ReadAllBytesAsync(CaptureName);
            file.Length.Should().BeGreaterThan(900_000, "complete packets stay");
            PcapngFile.Read(file).Should().NotBeEmpty();
        }
        finally
        {
            Run("umount", _folder.FullName);
        }
    }

    [SkippableFact]
    public void A_file_that_cannot_be_created_starts_nothing()
    {
        FluentActions.Invoking(() => new Balanced(_testbed, configureAll: options => options.CaptureFile = "/nonexistent/x")).Should()
            .Throw<IOException>().WithMessage("Cannot create the capture file /nonexistent/x*");
        _testbed.BalancerSide.Run(() => File.ReadAllText("/proc/thread-self/net/dev")).Should().NotContain("toa0");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task TransferAsync(Balanced balanced, AddressFamily family)
    {
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        Task receiving = Balanced.ReceiveAsync(server, new byte[Bytes]);
        await client.SendAsync(new byte[Bytes]).WaitAsync(Deadline.Time);
        await receiving;
        Balanced.Abort(client);
        Balanced.Abort(server);
    }

    private static long Sum(IEnumerable<string[]> packets, string side, string direction) =>
        packets.Where(packet => packet[0] == side && packet[1] == direction).Sum(packet => long.Parse(packet[3]));

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, $"{program} said: {errors.Result}");
        return output;
    }
}
