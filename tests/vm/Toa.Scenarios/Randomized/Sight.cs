using System.Net;
using System.Net.Sockets;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Randomized;

/// <summary>Everything that a server can see of one connection, according to the kernel or to the model.</summary>
internal sealed record Sight(IPEndPoint Accept, IPEndPoint PeerName, int LookupErrno, IPEndPoint? Lookup, ToaInfo? Info)
{
    public static Sight Of(Accepted server, ToaInfo? info)
    {
        (int errno, IPEndPoint? lookup) = Nat64Lookup.Ask(server);
        return new Sight(Unmapped(server.AcceptName), Unmapped(server.PeerName), errno, lookup, info);
    }

    public static Sight Expected(OptionModel model, IPEndPoint peer)
    {
        ToaInfo info = model.Info with { Peer = peer };
        return model.Verdict switch
        {
            Verdict.IPv4 => new Sight(model.Client!, model.Client!, Provider.Current.Errno(Libc.EFAULT), null, info),
            Verdict.IPv6 => new Sight(NameOf(model.Client!, peer), NameOf(model.Client!, peer), 0, model.Client, info),
            _ => new Sight(peer, peer, Provider.Current.Errno(Libc.EINVAL), null, info),
        };
    }

    /// <summary>Only over IPv6, a name can be an IPv6 client.</summary>
    private static IPEndPoint NameOf(IPEndPoint client, IPEndPoint peer) =>
        peer.AddressFamily == AddressFamily.InterNetworkV6 ? Unmapped(client) : peer;

    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
