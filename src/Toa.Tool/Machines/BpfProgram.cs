namespace Toa.Tool.Machines;

/// <summary>A loaded eBPF program, and its hook as far as the kernel reports it.</summary>
internal sealed record BpfProgram(uint Id, string Name, BpfHook Hook)
{
    public override string ToString() => $"{(Name.Length > 0 ? Name : "without a name")} (id {Id})";
}

/// <summary>Hooks at which an eBPF program can interfere with TOA.</summary>
internal enum BpfHook
{
    /// <summary>The program can change the result of getpeername.</summary>
    PeerName,

    /// <summary>The program sees socket addresses. The kernel does not report at which call.</summary>
    SocketAddress,

    /// <summary>The program can change the result of getsockopt.</summary>
    SocketOption,

    /// <summary>The program sees when connections open and close, and their TCP options.</summary>
    SocketEvents,
}
