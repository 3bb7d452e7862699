using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Samples;
using Toa.Diagnostics;
using Toa.LoadBalancing;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Balancing.Demo;

/// <summary>Starts a client, a balancer and a server together, and sends a first request of each family.</summary>
/// <param name="machine">The machine.</param>
/// <param name="terminal">The output.</param>
/// <param name="isJson">Whether to print JSON.</param>
/// <param name="isOnce">Whether to end after the first requests.</param>
internal sealed class BalancerDemo(IMachine machine, Terminal terminal, bool isJson, bool isOnce)
{
    // The path of this process: a single-file program may not be in root's PATH.
    private static readonly string Toa = Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "toa"
        ? Environment.ProcessPath!
        : "toa";

    private static readonly string[] Curl =
    [
        $"sudo ip netns exec {DemoNetwork.Client} curl -g http://[2001:db8:100::1]/",
        $"sudo ip netns exec {DemoNetwork.Client} curl http://198.51.100.1/",
    ];

    private static readonly string[] OwnIPv6Server =
    [
        $"sudo ip netns exec {DemoNetwork.Server} {Toa} listen [::]:{DemoNetwork.OwnIPv6Port}",
        $"sudo ip netns exec {DemoNetwork.Client} curl -g telnet://[2001:db8:100::1]:{DemoNetwork.OwnIPv6Port}",
    ];

    private static readonly string[] OwnServer =
    [
        $"sudo ip netns exec {DemoNetwork.Server} {Toa} listen 0.0.0.0:{DemoNetwork.OwnPort}",
        $"sudo ip netns exec {DemoNetwork.Client} curl -g telnet://[2001:db8:100::1]:{DemoNetwork.OwnPort}",
    ];

    /// <param name="configure">Applies the command line to a listener.</param>
    /// <param name="stop">Ends the demo.</param>
    /// <exception cref="ToolException">
    /// The command line does not fit the demo, or the demo cannot run here; the message says why.
    /// </exception>
    public async Task RunAsync(Action<ListenerOptions> configure, CancellationToken stop)
    {
        LoadBalancerOptions options = DemoNetwork.Options();
        foreach (ListenerOptions listener in options.Listeners)
            configure(listener);
        DemoPrivilege.Demand(machine);
        using IDisposable alone = DemoLock.Take(machine);
        DemoNetwork network = new(machine);
        await network.ClearAsync();
        try
        {
            await network.LayAsync(stop);
            await RunAsync(options, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !isOnce)
        {
            // The user stopped the demo.
        }
        finally
        {
            await network.ClearAsync();
        }
    }

    private async Task RunAsync(LoadBalancerOptions options, CancellationToken stop)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        DemoServer server = new();
        Task serving = server.ServeAsync(ending.Token);
        try
        {
            await using LoadBalancer balancer = NetworkNamespace.Run(
                DemoNetwork.Balancer, () => RunningBalancer.Start(options, TellWarning));
            bool isReal = true;
            foreach (IPEndPoint address in DemoNetwork.VirtualAddresses)
            {
                IPEndPoint client = await DemoClient.VisitAsync(address, stop);
                ToaResolution found = await server.Seen.ReadAsync(stop);
                DemoEvent request = DemoEvent.Request(client, address, found);
                Tell(request, $"client {client} -> {address} -> server: {RealClientLine.Of(found.Client.ToIPEndPoint())}");
                isReal &= request.IsReal == true;
            }

            TellReady(isReal, options.Listeners.Select(listener => listener.Format).Distinct());
            try
            {
                if (!isOnce)
                    await TellConnectionsAsync(server.Seen, balancer, stop);
            }
            finally
            {
                TellCounters(BalancerCounters.ByName(balancer.Counters));
            }
        }
        finally
        {
            await ending.CancelAsync();
            await serving;
        }
    }

    private async Task TellConnectionsAsync(
        ChannelReader<ToaResolution> seen, LoadBalancer balancer, CancellationToken stop)
    {
        Task<ToaResolution> next = seen.ReadAsync(stop).AsTask();
        while (await Task.WhenAny(next, balancer.Completion) == next)
        {
            ToaResolution found = await next;
            Tell(DemoEvent.Connection(found), RealClientLine.Of(found.Client.ToIPEndPoint()));
            next = seen.ReadAsync(stop).AsTask();
        }

        await RunningBalancer.TellFailureAsync(balancer);
    }

    private void TellWarning(LogLevel level, string message)
    {
        if (level == LogLevel.Warning)
            Say(message);
    }

    private void Tell(DemoEvent happened, string line)
    {
        if (isJson)
            Write(happened);
        else
            Say(line);
    }

    private void TellReady(bool isReal, IEnumerable<ToaOptionFormat> formats)
    {
        ToaProviderKind provider = machine.DetectProvider().Kind;
        if (isJson)
        {
            Write(new DemoEvent("ready", Provider: provider.ToString(), Commands: [.. Curl, .. OwnServer, .. OwnIPv6Server]));
            return;
        }

        if (provider == ToaProviderKind.None)
        {
            Say(
                "No provider is loaded in this kernel, so the server sees the balancer (10.64.0.x). Load one:",
                $"  sudo {Toa} provider build && sudo {Toa} provider load --trusted 10.64.0.0/28");
        }
        else if (!isReal)
        {
            Say(
                $"The provider ({provider}) did not report the client to the server. Check that it trusts 10.64.0.0/28 and reads "
                + $"this format (formats={string.Join(',', formats)}; toa provider status shows both). A --fault can also "
                + "remove the option. toa stats shows the reason.");
        }

        if (isOnce)
            return;
        Say(["Try it from another terminal:", .. Indent(Curl), "With a server of your own:", .. Indent(OwnServer)]);
        Say(["With an IPv6 server (the provider must also trust fd00:64::/124):", .. Indent(OwnIPv6Server)]);
        Say("Press Ctrl+C to stop the demo and remove everything. Connections:");
    }

    private void TellCounters(IReadOnlyDictionary<string, long> counters)
    {
        string moved = string.Join(
            ' ', counters.Where(count => count.Value > 0).Select(count => $"{count.Key}={count.Value}"));
        Tell(new DemoEvent("stopped", Counters: counters), $"balancer: {moved}");
    }

    private static string[] Indent(string[] lines) => Array.ConvertAll(lines, line => "  " + line);

    private void Say(params string[] lines)
    {
        foreach (string line in isJson ? [] : lines)
            terminal.Output.WriteLine(line);
    }

    private void Write(DemoEvent happened) => ToolJson.Write(terminal, happened, ToolJson.Plain.DemoEvent);
}
