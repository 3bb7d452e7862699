using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace Toa.Tool.Machines;

/// <summary>A listening TCP socket.</summary>
/// <param name="End">Its local address.</param>
/// <param name="Inode">Its inode number, which the descriptors of processes show.</param>
/// <param name="Holders">The processes that have it open, as far as this user may see them.</param>
internal sealed record Listener(IPEndPoint End, string Inode, IReadOnlyList<Holder> Holders)
{
    public bool IsLoopback => IPAddress.IsLoopback(Unmapped);

    /// <summary>Whether it is bound to an IPv6 address, so that no IPv4 packet reaches it.</summary>
    public bool IsIPv6Address => Unmapped.AddressFamily == AddressFamily.InterNetworkV6 && !IsIPv6Any;

    public bool IsIPv6Any => End.Address.Equals(IPAddress.IPv6Any);

    private IPAddress Unmapped => End.Address.Unmap();

    /// <summary>Whether it accepts connections to an address of this machine. An IPv6 listener can also be for IPv6 only.</summary>
    public bool Accepts(IPAddress address) =>
        Unmapped.Equals(address) || IsIPv6Any || (Unmapped.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork);

    public override string ToString() => $"{End}{(Holders.Count == 0 ? "" : $" ({Holders[0].Name})")}";

    /// <summary>Finds all listeners of this network namespace, in the order of their ports.</summary>
    /// <exception cref="CannotLookException">The listeners cannot be listed.</exception>
    public static IReadOnlyList<Listener> Find(IMachine machine)
    {
        InternetSocket[] sockets = [.. InternetSocket.OfTcp(machine).Where(socket => socket.State == InternetSocket.Listening)];
        ILookup<string, Holder> holders = Holder.Of(machine, [.. sockets.Select(socket => socket.Inode)]);
        return [.. sockets.Select(socket => new Listener(socket.Local, socket.Inode, [.. holders[socket.Inode]]))
            .OrderBy(listener => listener.End.Port)];
    }
}
