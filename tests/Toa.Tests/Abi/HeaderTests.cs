using System.Collections.Generic;
using FluentAssertions;
using Toa.Internal;
using Toa.Interop;
using Xunit;

namespace Toa.Tests.Abi;

/// <summary>Compares the library's numbers with those of native/include/toa.h and of the system's headers.</summary>
public sealed class HeaderTests
{
    [Fact]
    public void The_numbers_of_the_ABI_are_the_header_s()
    {
        ShouldBe(["toa.h"], new()
        {
            ["IPPROTO_IP"] = ToaAbi.Level,
            ["TOA_SO_GET_LOOKUP"] = ToaAbi.GetLookup,
            ["sizeof(struct toa_nat64_peer)"] = ToaAbi.Nat64PeerSize,
            ["offsetof(struct toa_nat64_peer, saddr)"] = ToaAbi.Nat64PeerAddress,
            ["offsetof(struct toa_nat64_peer, sport)"] = ToaAbi.Nat64PeerPort,
            ["sizeof(((struct toa_nat64_peer *)0)->saddr)"] = Address128.Size,
            ["sizeof(((struct toa_nat64_peer *)0)->sport)"] = sizeof(ushort),
            ["TOA_SO_GET_INFO"] = ToaAbi.GetInfo,
            ["sizeof(struct toa_info)"] = ToaAbi.InfoSize,
            ["offsetof(struct toa_info, kind)"] = ToaAbi.InfoKind,
            ["offsetof(struct toa_info, length)"] = ToaAbi.InfoLength,
            ["offsetof(struct toa_info, client_port)"] = ToaAbi.InfoClientPort,
            ["offsetof(struct toa_info, peer_port)"] = ToaAbi.InfoPeerPort,
            ["offsetof(struct toa_info, reserved)"] = ToaAbi.InfoReserved,
            ["sizeof(((struct toa_info *)0)->reserved)"] = sizeof(ushort),
            ["offsetof(struct toa_info, client)"] = ToaAbi.InfoClient,
            ["offsetof(struct toa_info, peer)"] = ToaAbi.InfoPeer,
            ["offsetof(struct toa_info, virtual_addr)"] = ToaAbi.InfoVirtualAddress,
            ["offsetof(struct toa_info, network_id)"] = ToaAbi.InfoNetworkId,
            ["sizeof(((struct toa_info *)0)->network_id)"] = sizeof(uint),
            ["offsetof(struct toa_info, virtual_port)"] = ToaAbi.InfoVirtualPort,
            ["offsetof(struct toa_info, format)"] = ToaAbi.InfoFormat,
            ["offsetof(struct toa_info, reserved2)"] = ToaAbi.InfoReserved2,
        });
    }

    [Fact]
    public void The_layout_of_the_eBPF_provider_s_counters_is_its_header_s()
    {
        ShouldBe(["../bpf/shared.h"], new()
        {
            ["TOA_COUNTERS_ROOM"] = PinnedCounters.MostRows,
            ["sizeof(struct toa_counter_name)"] = PinnedCounters.NameSize,
        });
    }

    [Fact]
    public void The_numbers_of_saved_SYNs_are_the_system_s()
    {
        ShouldBe(["netinet/in.h", "linux/tcp.h"], new()
        {
            ["IPPROTO_TCP"] = TcpAbi.Level,
            ["TCP_SAVE_SYN"] = TcpAbi.SaveSyn,
            ["TCP_SAVED_SYN"] = TcpAbi.SavedSyn,
        });
    }

    [Fact]
    public void The_layout_of_socket_addresses_is_the_system_s()
    {
        ShouldBe(["sys/socket.h", "netinet/in.h"], new()
        {
            ["AF_INET"] = SocketAddressAbi.InterNetwork,
            ["AF_INET6"] = SocketAddressAbi.InterNetworkV6,
            ["sizeof(sa_family_t)"] = sizeof(ushort),
            ["offsetof(struct sockaddr_in, sin_family)"] = SocketAddressAbi.Family,
            ["offsetof(struct sockaddr_in, sin_port)"] = SocketAddressAbi.Port,
            ["offsetof(struct sockaddr_in, sin_addr)"] = SocketAddressAbi.InterNetworkAddress,
            ["sizeof(struct sockaddr_in)"] = SocketAddressAbi.InterNetworkSize,
            ["offsetof(struct sockaddr_in6, sin6_family)"] = SocketAddressAbi.Family,
            ["offsetof(struct sockaddr_in6, sin6_port)"] = SocketAddressAbi.Port,
            ["offsetof(struct sockaddr_in6, sin6_addr)"] = SocketAddressAbi.InterNetworkV6Address,
            ["offsetof(struct sockaddr_in6, sin6_scope_id)"] = SocketAddressAbi.InterNetworkV6ScopeId,
            ["sizeof(struct sockaddr_in6)"] = SocketAddressAbi.InterNetworkV6Size,
        });
    }

    [Fact]
    public void The_error_numbers_are_the_system_s()
    {
        ShouldBe(["errno.h"], new()
        {
            ["EPERM"] = Errno.NotPermitted,
            ["ESRCH"] = Errno.NoSuchProcess,
            ["EBADF"] = Errno.BadDescriptor,
            ["ENOMEM"] = Errno.OutOfMemory,
            ["EACCES"] = Errno.AccessDenied,
            ["EFAULT"] = Errno.Fault,
            ["EINVAL"] = Errno.InvalidArgument,
            ["ENOTSOCK"] = Errno.NotSocket,
            ["ENOPROTOOPT"] = Errno.UnknownOption,
            ["ENOBUFS"] = Errno.NoBufferSpace,
            ["ENOTCONN"] = Errno.NotConnected,
        });
    }

    private static void ShouldBe(string[] headers, Dictionary<string, int> ours) =>
        CCompiler.Evaluate(headers, ours.Keys).Should().Equal(ours);
}
