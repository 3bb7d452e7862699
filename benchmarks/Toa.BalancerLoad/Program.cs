using System;
using System.CommandLine;
using System.Net.Sockets;
using Toa.BalancerLoad;
using Toa.LoadBalancing;
using Toa.LoadBalancing.Tests.Network;

Option<int> seconds = new("--seconds") { Description = "How long to make connections", DefaultValueFactory = _ => 10 };
Option<int> held = new("--held")
{
    Description = "How many connections to hold at a time",
    DefaultValueFactory = _ => 10_000,
};
Option<int> queues = new("--queues") { Description = "The balancer's queues (default: half of the cores, at most 4)" };
Option<string> congestionControl = new("--congestion-control")
{
    Description = "The congestion control of the streams (default: cubic, which is the kernel's default)",
    DefaultValueFactory = _ => "cubic",
};
Option<bool> onlyStreams = new("--only-streams") { Description = "Measure throughput only" };
RootCommand command = new(
    "What the balancer stands, between a client's and a server's network namespace on this machine. Each connection's "
    + "option is held against its client. Takes root")
{
    seconds, held, queues, congestionControl, onlyStreams, HeldClients.Command(), WatchCost.Command(),
};
command.SetAction(async (arguments, _) =>
{
    using Testbed testbed = new();
    AddressFamily[] families = arguments.GetValue(onlyStreams) ? [] : [AddressFamily.InterNetworkV6, AddressFamily.InterNetwork];
    foreach (AddressFamily family in families)
    {
        string way = family == AddressFamily.InterNetworkV6 ? "NAT64" : "full NAT";
        await using Place place = new(testbed, arguments.GetValue(queues));
        (int made, TimeSpan time) = Churn.Run(place, family, TimeSpan.FromSeconds(arguments.GetValue(seconds)));
        Console.WriteLine($"{way}: {made / time.TotalSeconds:0} connections a second, {made} in all, {Told(place)}");
        place.Forget();
        TimeSpan opening = Held.Run(place, family, arguments.GetValue(held));
        Console.WriteLine(
            $"{way}: {arguments.GetValue(held)} at a time, opened in {opening.TotalSeconds:0.0} s, {Told(place)}");
    }

    foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
    {
        foreach (int count in (int[])[1, 8])
        {
            await using Place place = new(testbed, arguments.GetValue(queues));
            StreamsResult result = Streams.Measure(place, family, count, arguments.GetRequiredValue(congestionControl));
            Console.WriteLine(
                $"{(family == AddressFamily.InterNetworkV6 ? "NAT64" : "full NAT")}, {count} streams: {result.Through:0.0} Gbit/s, "
                + $"{result.Around:0.0} Gbit/s without the balancer, ratio {result.Ratio:0.00}, {result.CpuSecondsPerGigabyte:0.00} CPU s a GB");
        }
    }

    return 0;
});
return await command.Parse(args).InvokeAsync();

static string Told(Place place)
{
    LoadBalancerCounters counters = place.Balancer.Counters;
    return $"options lost {place.Lost}, of somebody else {place.Wrong}; balancer: {counters.FlowsOpened} flows opened, "
        + $"{counters.FlowsEvicted + counters.FlowsExpired} ended by it";
}
