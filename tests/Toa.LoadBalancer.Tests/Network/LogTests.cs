using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Device;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The log messages for an operator.</summary>
[Collection(SharedTestbed.Name)]
public sealed class LogTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    private readonly LogRecorder _log = new();

    [SkippableFact]
    public async Task A_life_from_start_to_stop()
    {
        await Start(listener => listener.Format = new ToaOptionFormat(254, 20)).DisposeAsync();
        _log.Lines.Should().Equal(
            "Information: Listening on [2001:db8:100::1]:80 through toa0: format 254/20, 1 back ends.",
            "Information: The balancer on toa0 has stopped.");
    }

    [SkippableFact]
    public async Task A_back_end_that_is_down()
    {
        await using LoadBalancer balancer = Start(listener => listener.HealthCheck = new()
        {
            Interval = TimeSpan.FromMilliseconds(10),
            FailuresToDown = 1,
        });
        await Deadline.WaitUntilAsync(() => _log.Lines.Count >= 2, "the back end is down");
        _log.Lines.ElementAt(1).Should().StartWith("Warning: The back end 10.0.0.2:9 of [2001:db8:100::1]:80 is down: ")
            .And.Contain("refused").And.EndWith(" It gets no new connections.");
    }

    [SkippableFact]
    public async Task A_machine_that_does_not_forward()
    {
        const string Setting = "/proc/sys/net/ipv6/conf/all/forwarding";
        _testbed.BalancerSide.Run(() => File.WriteAllText(Setting, "0"));
        try
        {
            await using LoadBalancer balancer = Start(_ => { });
            _log.Lines.First().Should().StartWith("Warning: This machine does not forward")
                .And.Contain("net.ipv6.conf.all.forwarding=1");
        }
        finally
        {
            _testbed.BalancerSide.Run(() => File.WriteAllText(Setting, "1"));
        }
    }

    [SkippableFact]
    public void Refused_clients_are_spoken_of_once_a_minute()
    {
        CounterSet counters = new();
        RefusalLog refusals = new(_log, counters);
        refusals.Observe(0);
        _log.Lines.Should().BeEmpty();

        counters.Refused[(int)FlowRefusal.TableFull] = 3;
        refusals.Observe(1000);
        counters.Refused[(int)FlowRefusal.TableFull] = 5;
        counters.Refused[(int)FlowRefusal.NoPort] = 1;
        counters.Refused[(int)FlowRefusal.NoBackEnd] = 2;
        refusals.Observe(2000);
        refusals.Observe(60_999);
        _log.Lines.Should().HaveCount(3);
        _log.Lines.ElementAt(0).Should().Contain("flow table is full: 3 SYNs");
        _log.Lines.ElementAt(1).Should().Contain("No source port was free: 1 SYNs");
        _log.Lines.ElementAt(2).Should().Contain("No back end was up: 2 connections");

        refusals.Observe(61_000);
        _log.Lines.Should().HaveCount(4).And.EndWith(_log.Lines.Last());
        _log.Lines.Last().Should().Contain("2 SYNs");
    }

    private LoadBalancer Start(Action<ListenerOptions> configure)
    {
        ListenerOptions listener = new()
        {
            VirtualAddress = Balanced.VirtualIPv6,
            BackEnds = { new BackEndOptions { Address = new IPEndPoint(Testbed.Server, 9) } },
        };
        configure(listener);
        LoadBalancerOptions options = new() { SourceAddresses = { AddressPrefix.Parse("10.64.0.1/32") }, Listeners = { listener } };
        return _testbed.BalancerSide.Run(() => LoadBalancer.Start(options, _log));
    }
}
