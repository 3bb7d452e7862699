using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Internal;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>
/// The three calls fail with every errno, alone or together. Try must not throw, Get must only throw a SocketException, and no
/// address may come from a failed call.
/// </summary>
public sealed class ErrnoTests : IDisposable
{
    private const int Fault = 14;
    private const int Unknown = 92;

    private static readonly IPEndPoint InfoClient = IPEndPoint.Parse("[2001:db8::4097]:40970");
    private static readonly IPEndPoint OptionClient = IPEndPoint.Parse("[2001:db8::4096]:40960");
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");

    /// <summary>
    /// Success, all errno values of Linux, the largest one that a system call can return, and impossible ones.
    /// </summary>
    private static readonly int[] All = [.. Enumerable.Range(0, 134), 4095, -1, int.MinValue];

    /// <summary>Success, the values that may have a special meaning for the library, and an unknown one.</summary>
    private static readonly int[] Telling = [0, 1, 9, 12, 13, Fault, 22, 38, 88, Unknown, 95, 105, 107, 4095, -1];

    private readonly TcpConnection _connection = TcpConnection.IPv4();
    private readonly ToaResolver _resolver = new(new ToaOptions());
    private readonly ToaResolver _checkingResolver = new(new ToaOptions { KnownProxies = { Balancer.Address } });

    public static TheoryData<int> EveryErrno => [.. All];

    public void Dispose() => _connection.Dispose();

    [Theory, MemberData(nameof(EveryErrno))]
    public void One_of_getsockopt_4097_with_every_one_of_another_call(int errno)
    {
        All.SelectMany(other => Mistakes(info: errno, option: other, name: 0)).Should().BeEmpty();
        All.SelectMany(other => Mistakes(info: errno, option: Unknown, name: other)).Should().BeEmpty();
    }

    [Theory, MemberData(nameof(EveryErrno))]
    public void One_of_getsockopt_4096_with_every_one_of_getpeername(int errno)
    {
        All.SelectMany(other => Mistakes(info: Unknown, option: errno, name: other)).Should().BeEmpty();
    }

    [Fact]
    public void Those_that_may_mean_something_in_every_combination()
    {
        IEnumerable<string> mistakes =
            from info in Telling
            from option in Telling
            from name in Telling
            from mistake in Mistakes(info, option, name)
            select mistake;

        mistakes.Should().BeEmpty();
    }

    [Theory]
    [InlineData(1, SocketError.AccessDenied)]
    [InlineData(9, SocketError.NotSocket)]
    [InlineData(12, SocketError.NoBufferSpaceAvailable)]
    [InlineData(13, SocketError.AccessDenied)]
    [InlineData(14, SocketError.Fault)]
    [InlineData(22, SocketError.InvalidArgument)]
    [InlineData(88, SocketError.NotSocket)]
    [InlineData(105, SocketError.NoBufferSpaceAvailable)]
    [InlineData(107, SocketError.NotConnected)]
    [InlineData(71, SocketError.SocketError)]
    public void The_exception_says_what_getpeername_failed_with(int errno, SocketError expected)
    {
        FluentActions.Invoking(() => PeerLookup.Get(_connection.Server, false, Kernel(92, 92, errno), out _))
            .Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(expected);
    }

    /// <summary>Each call writes its own address, also if it fails, so that the use of a wrong address is detected.</summary>
    private ScriptedCalls Kernel(int info, int option, int name) => new()
    {
        Descriptor = _connection.Server.Handle,
        Info = Answer.Info(253, 20, InfoClient, Balancer) with { Errno = info },
        Option = Answer.Nat64(OptionClient.Address, OptionClient.Port) with { Errno = option },
        PeerName = Answer.IPv4(Balancer.Address, Balancer.Port) with { Errno = name },
    };

    private IEnumerable<string> Mistakes(int info, int option, int name)
    {
        IPEndPoint? expected = info == 0 ? InfoClient : option == 0 ? OptionClient : name == 0 ? Balancer : null;
        // EFAULT means that the provider has an IPv4 client, which getpeername returns.
        bool hasReason = info != 0 && option is not (0 or Fault);

        return Answers(Kernel(info, option, name))
            .Where(found => !(expected is null
                ? found.Equals(default(ToaResolution))
                : found.Client.ToIPEndPoint().Equals(expected) && (found.FallbackReason != ToaFallbackReason.None) == hasReason))
            .Select(found =>
                $"{found.Client} with {found.FallbackReason} instead of {expected} after 4097: {info}, 4096: {option}, name: {name}");
    }

    /// <summary>The results of all lookup methods; <c>default</c> if a method fails.</summary>
    private IEnumerable<ToaResolution> Answers(ScriptedCalls calls)
    {
        foreach (bool withTransportPeer in new[] { false, true })
        {
            bool isFound = PeerLookup.TryGet(_connection.Server, withTransportPeer, accepted: default, calls, out ToaResolution found);
            isFound.Should().Be(found.Client.Source != ToaSource.None);
            yield return found;
            yield return OrDefault(() =>
            {
                PeerLookup.Get(_connection.Server, withTransportPeer, calls, out ToaResolution got);
                return got;
            });
        }

        foreach (ToaResolver resolver in new[] { _resolver, _checkingResolver })
        {
            bool isFound = resolver.TryResolve(_connection.Server, accepted: default, calls, out ToaResolution found);
            isFound.Should().Be(found.Client.Source != ToaSource.None);
            yield return found;
            yield return OrDefault(() => resolver.Resolve(_connection.Server, calls));
        }
    }

    private static ToaResolution OrDefault(Func<ToaResolution> get)
    {
        try
        {
            return get();
        }
        catch (SocketException)
        {
            return default;
        }
    }
}
