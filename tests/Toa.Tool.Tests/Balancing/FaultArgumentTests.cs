using System;
using System.Linq;
using FluentAssertions;
using Toa.LoadBalancing;
using Toa.Tool.Balancing;
using Xunit;

namespace Toa.Tool.Tests.Balancing;

/// <summary>Faults as arguments. <see cref="Commands.CommandLineTests"/> has those that are refused.</summary>
public sealed class FaultArgumentTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("drop=5", "drop=5")]
    [InlineData("drop=2.5% duplicate=100 reorder=0.25", "drop=2.5 duplicate=100 reorder=0.25")]
    [InlineData("drop=5 drop=0", "")]
    [InlineData("to-servers:drop=5 to-clients:drop=5", "drop=5")]
    [InlineData("drop=5 to-clients:drop=1", "to-servers:drop=5 to-clients:drop=1")]
    [InlineData("to-clients:stall", "to-clients:stall")]
    [InlineData("latency=1500ms jitter=2s", "latency=1500ms jitter=2s")]
    [InlineData("latency=0.25ms", "latency=0.25ms")]
    [InlineData("bandwidth=8.5kbit", "bandwidth=8.5kbit")]
    [InlineData("bandwidth=10000kbit", "bandwidth=10mbit")]
    [InlineData("to-servers:bandwidth=100gbit", "to-servers:bandwidth=100gbit")]
    [InlineData("mtu=1400 reset-after=1500k stall", "mtu=1400 reset-after=1500k stall")]
    [InlineData("reset-after=1000000000000000", "reset-after=1000000000m")]
    [InlineData("reset-after=1", "reset-after=1")]
    [InlineData("forged-before=1 forged-after=2 truncated=3", "forged-before=1 forged-after=2 truncated=3")]
    public void They_are_written_as_they_are_read(string arguments, string expected)
    {
        string written = string.Join(' ', FaultArgument.Format(Parse(arguments)));

        written.Split(' ').Order().Should().Equal(expected.Split(' ').Order());
        FaultArgument.Format(Parse(written)).Should().Equal(written.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static FaultOptions Parse(string arguments)
    {
        FaultOptions faults = new();
        foreach (string argument in arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            FaultArgument.Parse(argument, out Action<FaultOptions> set).Should().BeNull();
            set(faults);
        }

        return faults;
    }
}
