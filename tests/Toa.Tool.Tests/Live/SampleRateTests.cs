using System;
using System.Linq;
using FluentAssertions;
using Toa.Tool.Live;
using Xunit;

namespace Toa.Tool.Tests.Live;

public sealed class SampleRateTests
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(15, 3, 1)]
    [InlineData(300, 3, 0.067)]
    [InlineData(10_000, 4, 0.002)]
    [InlineData(10_000, 100, 0.0002)] // data segments with a TOA option: the packets limit the sample
    public void The_sample_has_about_the_wanted_number(int connections, int packets, double expected)
    {
        SampleRate rate = new(wanted: 20);
        double[] shares = [.. Enumerable.Range(0, 400).Select(_ => Look(rate, connections, packets))];

        shares[200..].Should().OnlyContain(share => share >= expected / 2 && share <= expected * 2);
        double found = connections * shares[^1];
        found.Should().BeLessThanOrEqualTo(40);
        (found * packets).Should().BeLessThanOrEqualTo(2 * SampleRate.WantedPackets);
    }

    [Fact]
    public void It_gets_smaller_at_once_when_packets_are_lost()
    {
        SampleRate rate = new(wanted: 20);

        rate.Update(packets: 50_000, connections: 0, s_look, isOverrun: true).Should().BeTrue();

        rate.Share.Should().BeLessThan(0.01);
    }

    [Fact]
    public void It_looks_at_everything_again_when_the_traffic_ends()
    {
        SampleRate rate = new(wanted: 20);
        foreach (int _ in Enumerable.Range(0, 40))
            Look(rate, 10_000, 4);
        rate.Share.Should().BeLessThan(0.1);

        foreach (int _ in Enumerable.Range(0, 100))
            Look(rate, 0, 0);

        rate.Share.Should().Be(1);
    }

    [Fact]
    public void It_never_ends()
    {
        SampleRate rate = new(wanted: 1);

        for (int i = 0; i < 100; i++)
            rate.Update(int.MaxValue, int.MaxValue, s_look, isOverrun: true);

        rate.Share.Should().BeGreaterThan(0);
    }

    [Fact]
    public void Other_ports_are_tried_if_those_in_the_sample_have_too_many_packets()
    {
        SampleRate rate = new(wanted: 20);
        int[] salts = [.. Enumerable.Range(0, 50).Select(_ =>
        {
            rate.Update(packets: 5000, connections: 0, s_look, isOverrun: true);
            return (int)rate.Salt;
        })];

        salts.Distinct().Count().Should().BeGreaterThan(10);
    }

    // A second with traffic that is spread evenly over all ports.
    private static double Look(SampleRate rate, int connections, int packetsOfEach)
    {
        double found = connections * s_look.TotalSeconds * rate.Share;
        rate.Update((long)(found * packetsOfEach), (int)Math.Round(found), s_look, isOverrun: found * packetsOfEach > 1200);
        return rate.Share;
    }
}
