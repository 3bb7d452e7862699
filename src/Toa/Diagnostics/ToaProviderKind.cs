namespace Toa.Diagnostics;

/// <summary>The kind of TOA provider in the kernel of this machine.</summary>
public enum ToaProviderKind
{
    /// <summary>No provider.</summary>
    None = 0,

    /// <summary>The kernel module of this project.</summary>
    ToaModule,

    /// <summary>The eBPF provider of this project.</summary>
    ToaEbpf,

    /// <summary>Another TOA module.</summary>
    OtherModule,

    /// <summary>
    /// The module <c>toa</c> that TencentOS ships with its kernels. It answers no socket option, and names only IPv4 clients,
    /// through <c>getpeername</c>. Versions without the parameter <c>disable_getpeername</c> name no client on kernels from 4.17
    /// on.
    /// </summary>
    TencentOS,

    /// <summary>
    /// vtoa of Alibaba Cloud Linux. It names IPv4 and IPv6 clients, through <c>getsockopt(IPPROTO_IP, 1348)</c> and through
    /// <c>getpeername</c>. It does not report the transport peer.
    /// </summary>
    AlibabaCloud,

    /// <summary>A provider answers lookups, but no module or eBPF provider is visible.</summary>
    Unknown,
}
