using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>The number of system calls of a lookup, and the table in docs/reference/api.md.</summary>
public sealed class SystemCallsTests
{
    private const int NoOption = 22;

    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    private static readonly IPEndPoint Client = IPEndPoint.Parse("[2001:db8::1]:40000");
    private static readonly ToaEndPoint Accepted = new(Balancer, ToaSource.PeerName);

    private static readonly Answer OtherClient = Answer.Nat64(Client.Address, Client.Port);

    private static readonly ScriptedCalls None = new() { PeerName = Answer.IPv4(Balancer.Address, Balancer.Port) };

    private static readonly ScriptedCalls Vtoa = None with { VtoaAnswer = _ => Answer.Failure(NoOption) };

    /// <summary>Those of each row of the documentation.</summary>
    private static readonly ScriptedCalls[][] Kernels =
    [
        [None with { Info = Answer.Info(253, 20, Client, Balancer) }],
        [None with { Option = OtherClient }, None with { Option = Answer.Failure(NoOption) }],
        [Vtoa with { VtoaAnswer = _ => Answer.IPv6(Client.Address, Client.Port) }, Vtoa],
        [Vtoa with { Option = OtherClient }, Vtoa with { Option = Answer.Failure(NoOption) }],
        [None],
    ];

    [Theory]
    [InlineData("docs/reference/api.md", "| system calls ", ", known proxies: ")]
    [InlineData("docs/zh-CN/reference/api.md", "| 系统调用：", "，有已知代理：")]
    public void The_documentation_has_the_same_numbers(string page, string start, string known)
    {
        using TcpConnection connection = TcpConnection.IPv4();

        File.ReadLines(Repository.PathOf(page)).Where(line => line.StartsWith(start)).Select(line => line[line.IndexOf(" |")..])
            .Should().Equal(Kernels.Select(kernels => RowOf(connection, kernels, known)));
    }

    [Fact]
    public void A_saved_SYN_is_asked_for_once()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        List<string> record = [];
        ScriptedCalls calls = None with
        {
            Descriptor = connection.Server.Handle, Record = record, SavedSyn = new Answer(0, Syn.Packet(Balancer, []), 40),
        };
        ToaResolver resolver = new(new ToaOptions { ReadSavedSyn = true });

        resolver.TryResolve(connection.Server, Accepted, calls, out _).Should().BeTrue();
        resolver.TryResolve(connection.Server, Accepted, calls, out _).Should().BeTrue();

        record.Should().ContainSingle(call => call == "28");
    }

    private static string RowOf(TcpConnection connection, ScriptedCalls[] kernels, string known)
    {
        string get = CountsOf(default, isKnown: false), accept = CountsOf(Accepted, isKnown: false);
        string getKnown = CountsOf(default, isKnown: true), acceptKnown = CountsOf(Accepted, isKnown: true);
        return $" | {get} | {get} | {Both(get, getKnown)} | {Both(accept, acceptKnown)} |";

        string CountsOf(ToaEndPoint accepted, bool isKnown) =>
            string.Join(" / ", kernels.Select(kernel => CountOf(connection, kernel, accepted, isKnown)));
        string Both(string counts, string countsKnown) => counts == countsKnown ? counts : counts + known + countsKnown;
    }

    /// <summary>The calls of a lookup after the kernel was found not to know some options.</summary>
    private static int CountOf(TcpConnection connection, ScriptedCalls kernel, ToaEndPoint accepted, bool isKnown)
    {
        List<string> record = [];
        ScriptedCalls calls = kernel with
        {
            Descriptor = connection.Server.Handle, Record = record, Providers = new(), Vtoa = new(), LookupWithVtoa = new(), ShortVtoa = new(),
        };
        ToaOptions options = new();
        if (isKnown)
            options.KnownIPNetworks.Add("10.0.0.0/8");
        ToaResolver resolver = new(options);

        // An option can become worth asking for again at any time.
        return Enumerable.Range(0, 5).Min(_ =>
        {
            record.Clear();
            resolver.TryResolve(connection.Server, accepted, calls, out ToaResolution _).Should().BeTrue();
            return record.Count;
        });
    }
}
