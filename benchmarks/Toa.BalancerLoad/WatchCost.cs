using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing.Tests.Network;

namespace Toa.BalancerLoad;

/// <summary>
/// What <c>toa watch</c> and <c>toa exporter</c> cost a server: the CPU time of their processes while connections come through the
/// balancer, and the time that the kernel needs more for each packet.
/// </summary>
internal static class WatchCost
{
    private const string Exporter = "127.0.0.1:9469";
    private const int RoundsOfBlock = 25, ExchangesOfRound = 2_000, WatchesAtOnce = 8, Target = 10_000;

    private static readonly TimeSpan s_scrape = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(4);

    public static Command Command()
    {
        Option<string> tool = new("--tool") { Description = "The tool toa", DefaultValueFactory = _ => "toa" };
        Option<int> seconds = new("--seconds") { Description = "How long to make connections", DefaultValueFactory = _ => 20 };
        Option<int> blocks = new("--blocks")
        {
            Description = "How often to measure the cost of a packet, without toa watch and with it; 0 leaves it out",
            DefaultValueFactory = _ => 5,
        };
        Command command = new("watch", "The cost of toa watch on a terminal and of toa exporter, with the provider that is loaded. Takes root")
        {
            tool, seconds, blocks,
        };
        command.SetAction((arguments, _) => RunAsync(
            arguments.GetValue(tool)!, TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.GetValue(blocks)));
        return command;
    }

    private static async Task<int> RunAsync(string tool, TimeSpan time, int blocks)
    {
        using Testbed testbed = new();
        await using Place place = new(testbed, queues: 1);
        double perPacket = MeasurePackets(testbed, tool, blocks);

        using Process terminal = StartWatch(testbed, tool);
        using Process exporter = testbed.ServerSide.Run(() => Process.Start(new ProcessStartInfo(tool, ["exporter", "--listen", Exporter])
        {
            RedirectStandardOutput = true,
        })!);
        try
        {
            int watch = ToolOf(terminal);
            await Task.Delay(s_start);
            (TimeSpan watchBefore, TimeSpan exporterBefore, long packetsBefore) = (CpuOf(watch), CpuOf(exporter.Id), PacketsOf(testbed));
            using CancellationTokenSource over = new();
            Task scraping = ScrapeAsync(testbed, over.Token);
            Task<double> capturing = PartOfCaptureAsync(testbed, over.Token);
            (int made, TimeSpan taken) = Churn.Run(place, AddressFamily.InterNetwork, time);
            double rate = made / taken.TotalSeconds;
            double ofWatch = (CpuOf(watch) - watchBefore) / taken, ofExporter = (CpuOf(exporter.Id) - exporterBefore) / taken;
            double packets = (PacketsOf(testbed) - packetsBefore) / (double)made;
            await over.CancelAsync();
            await scraping;
            double part = await capturing;

            double ofKernel = Target * packets * perPacket * part / 1e9;
            Write($"{rate:0} connections a second, {packets:0.0} packets of each arrive at the server");
            Write($"toa watch: {ofWatch:0.00 %} of a core");
            Write($"toa exporter, asked every {s_scrape.TotalSeconds} s: {ofExporter:0.00 %} of a core");
            Write($"in the kernel: {perPacket:0} ns a packet while packets are captured, {part:0 %} of the time");
            Write($"in the kernel at {Target} connections a second: {ofKernel:0.00 %} of a core");
            Write($"together at {Target} connections a second: {ofWatch + ofExporter + ofKernel:0.00 %} of a core");
        }
        finally
        {
            terminal.Kill(entireProcessTree: true);
            exporter.Kill();
        }

        return 0;
    }

    // On a terminal, where drawing costs more than lines.
    private static Process StartWatch(Testbed testbed, string tool) => testbed.ServerSide.Run(() => Process.Start(
        new ProcessStartInfo("script", ["-qec", $"exec {tool} watch", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm", ["COLUMNS"] = "150", ["LINES"] = "50" },
        })!);

    private static int ToolOf(Process terminal)
    {
        // Only this reads what the terminal shows.
        _ = terminal.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        for (int i = 0; i < 100; i++, Thread.Sleep(50))
        {
            string children = File.ReadAllText($"/proc/{terminal.Id}/task/{terminal.Id}/children").Trim();
            if (children.Length > 0)
                return int.Parse(children, CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException("toa watch has not started");
    }

    /// <summary>
    /// The nanoseconds that a packet over loopback costs more while toa watch runs. It runs several times at once, so that the difference
    /// is larger than the noise. Other work on the machine only adds time, so the lower quartiles are compared.
    /// </summary>
    private static double MeasurePackets(Testbed testbed, string tool, int blocks)
    {
        if (blocks == 0)
            return 0;
        List<double> without = [], with = [];
        for (int block = 0; block < blocks; block++)
        {
            Measure(without);
            Process[] terminals = [.. Enumerable.Range(0, WatchesAtOnce).Select(_ => StartWatch(testbed, tool))];
            foreach (Process terminal in terminals)
                ToolOf(terminal);
            Thread.Sleep(s_start / 2);
            Measure(with);
            foreach (Process terminal in terminals)
            {
                terminal.Kill(entireProcessTree: true);
                terminal.WaitForExit();
                terminal.Dispose();
            }
        }

        Write($"a packet over loopback: {Part(without, 4):0} ns, and {Part(with, 4):0} ns with {WatchesAtOnce} times toa watch");
        Write($"(lower quartiles of {without.Count} rounds; medians: {Part(without, 2):0} and {Part(with, 2):0} ns)");
        return Math.Max(Part(with, 4) - Part(without, 4), 0) / WatchesAtOnce;

        void Measure(List<double> rounds)
        {
            for (int round = 0; round < RoundsOfBlock; round++)
                rounds.Add(testbed.ServerSide.Run(ExchangePackets));
        }
    }

    // This thread does all the work of loopback. Its CPU time does not depend on what else the machine does.
    private static double ExchangePackets()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();
        server.NoDelay = true;
        byte[] data = new byte[1];
        long before = ThreadCpu(), packets = PacketsHere(isLoopback: true);
        for (int i = 0; i < ExchangesOfRound; i++)
        {
            client.Send(data);
            server.Receive(data);
            server.Send(data);
            client.Receive(data);
        }

        return (ThreadCpu() - before) / (double)(PacketsHere(isLoopback: true) - packets);
    }

    private static async Task ScrapeAsync(Testbed testbed, CancellationToken over)
    {
        using HttpClient http = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                Socket socket = testbed.ServerSide.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(IPEndPoint.Parse(Exporter), stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        try
        {
            while (true)
            {
                string metrics = await http.GetStringAsync($"http://{Exporter}/metrics", over);
                if (!metrics.Contains("toa_counters_read 1\n", StringComparison.Ordinal))
                    throw new InvalidOperationException("the exporter does not read counters: load a provider");
                await Task.Delay(s_scrape, over);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // The part of the time during which toa watch has a packet socket.
    private static async Task<double> PartOfCaptureAsync(Testbed testbed, CancellationToken over)
    {
        int looks = 0, open = 0;
        while (!over.IsCancellationRequested)
        {
            // The first line is a heading.
            open += testbed.ServerSide.Run(() => File.ReadLines("/proc/thread-self/net/packet").Skip(1).Any()) ? 1 : 0;
            looks++;
            await Task.Delay(50, CancellationToken.None);
        }

        return open / (double)looks;
    }

    private static long PacketsOf(Testbed testbed) => testbed.ServerSide.Run(() => PacketsHere(isLoopback: false));

    // Received in this thread's namespace.
    private static long PacketsHere(bool isLoopback) => File.ReadLines("/proc/thread-self/net/dev").Skip(2)
        .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries)).Where(words => words[0] == "lo" == isLoopback)
        .Sum(words => long.Parse(words[2], CultureInfo.InvariantCulture));

    /// <summary>The CPU time of a process and of the programs that it has run, in user mode and in the kernel.</summary>
    private static TimeSpan CpuOf(int process)
    {
        string text = File.ReadAllText($"/proc/{process}/stat");
        // Behind the name, the fields from the state on: user, system, and those of its children.
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    private static long ThreadCpu() =>
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);

    private static double Part(List<double> values, int parts) => values.Order().ElementAt(values.Count / parts);

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
