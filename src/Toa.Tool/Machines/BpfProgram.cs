namespace Toa.Tool.Machines;

/// <summary>An eBPF program that is loaded, and where it is attached, as far as the kernel tells.</summary>
internal sealed record BpfProgram(uint Id, string Name, BpfHook Hook)
{
    public override string ToString() => $"{(Name.Length > 0 ? Name : "without a name")} (id {Id})";
}

/// <summary>Where an eBPF program meets what TOA is about.</summary>
internal enum BpfHook
{
    /// <summary>It can rewrite what getpeername answers.</summary>
    PeerName,

    /// <summary>It sees addresses of sockets; at which call, the kernel does not tell.</summary>
    SocketAddress,

    /// <summary>It can answer getsockopt in the kernel's place.</summary>
    SocketOption,

    /// <summary>It sees connections come and go, and their TCP options.</summary>
    SocketEvents,
}
